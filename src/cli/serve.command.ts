/** `assay serve`: the service until Ctrl-C; on an empty history it starts with a first evaluation. */
import { once } from 'node:events';
import { Command } from 'commander';
import { startApp, type App } from '../app';
import { loadConfig } from '../config/load-config';
import { AssayError } from '../errors';
import { prepareDefaultJob } from './default-job';
import { evaluate, showResult } from './evaluate-and-show';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';

export function serveCommand(io: CommandIo): Command {
  return new Command('serve')
    .description('start the service; evaluate the own checkpoint first where nothing is stored yet')
    .option('--no-worker', 'leave evaluation to "assay worker" processes')
    .action(({ worker }: { worker: boolean }) => serve(io, worker));
}

async function serve(io: CommandIo, worker: boolean): Promise<void> {
  const interruption = interruptible();
  const app = await startApp(loadConfig(), interruption.signal, { worker });
  try {
    const { embedded } = app.services.database;
    io.stdout.write(`Database ready (${embedded ? 'embedded PostgreSQL' : 'PostgreSQL'}).\n`);
    await firstEvaluation(app, io, worker, interruption.signal);
    io.stdout.write(
      `\nOpen ${app.url}/ in a browser.\nGraphQL answers at ${app.url}/graphql\nCtrl-C stops the service.\n`,
    );
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
    io.stdout.write('Stopping.\n');
  } finally {
    await app.stop();
    interruption.end();
  }
}

/** The service already answers; a first evaluation that fails is told and leaves it running. */
async function firstEvaluation(
  app: App,
  io: CommandIo,
  worker: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { services } = app;
  try {
    const job = await prepareDefaultJob(services, io);
    // Without a worker here, there may be none at all to wait for.
    if (!worker || (await services.evaluations.hasResults())) return;
    const { engine, batchSize } = services.loaded.config.evaluation;
    const result = await evaluate(services, job, { split: 'test', engine, batchSize }, io, signal);
    showResult(job, result, io);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof AssayError)) throw error;
    io.stderr.write(`${error.code}: ${error.message}\n`);
  }
}
