/** `assay worker`: evaluates shards for whoever asks for runs, until it is stopped. */
import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { TokenAuthenticator } from '../auth/token-authenticator';
import { loadConfig } from '../config/load-config';
import { createProbeServer, type ProbeServer } from '../http/probe-server';
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import { type Services, startServices } from '../services';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';
import { type RemoteFlags, remoteFiles } from './remote-worker';
import { wholeNumber } from './whole-number';

interface WorkerFlags extends RemoteFlags {
  concurrency?: number;
  engines: EngineName[];
  probes?: boolean;
}

const MAX_CONCURRENCY = 64;
/** Behind the drain. A worker on a network that swallows all it sends would wait for each of its last words in turn. */
const FAREWELL_MS = 15_000;

export function workerCommand(io: CommandIo): Command {
  return new Command('worker')
    .description('evaluate shards until it is stopped; SIGTERM lets it end what it has begun')
    .option(
      '--concurrency <n>',
      'shards taken at a time (default: config.yaml)',
      wholeNumber(1, MAX_CONCURRENCY),
    )
    .option('--engines <names>', 'what it can run, with commas', engines, [...ENGINE_NAMES])
    .option('--probes', 'answer at HOST and PORT: /health/live, /health/ready and /metrics')
    .option(
      '--api <address>',
      'get checkpoints and data from this service, with the token in ASSAY_TOKEN (default: from the own data folder)',
    )
    .option('--token-file <path>', 'a file that holds the token, instead of ASSAY_TOKEN')
    .action((flags: WorkerFlags) => run(io, flags));
}

async function run(io: CommandIo, { probes, ...flags }: WorkerFlags): Promise<void> {
  const interruption = interruptible();
  const loaded = loadConfig();
  const fetching = new AbortController();
  const remote = await remoteFiles(flags, loaded, io, fetching.signal);
  const services = await startServices(loaded, interruption.signal, remote);
  let server: ProbeServer | undefined;
  try {
    if (probes) server = await startProbes(services, io);
    const { engines, concurrency } = flags;
    await services.startWorker({ engines, ...(concurrency !== undefined && { concurrency }) });
    io.stdout.write(
      `Worker ${process.pid} takes shards for ${flags.engines.join(' and ')}.\nCtrl-C stops it.\n`,
    );
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
    io.stdout.write('Stopping.\n');
  } finally {
    await server?.close();
    await stopInTime(services, io);
    // Behind the drain, in which a shard may still wait for its files.
    fetching.abort();
    interruption.end();
  }
}

/** Nothing is lost with the last words: whoever sweeps takes back what a silent worker has in hand. */
async function stopInTime(services: Services, io: CommandIo): Promise<void> {
  const { database, loaded } = services;
  const limit = setTimeout(() => {
    io.stderr.write('The database does not answer: what is in hand goes to other workers.\n');
    process.exit(0);
  }, loaded.config.worker.drainMs + FAREWELL_MS);
  // The embedded server is ours to stop, and near.
  if (database.embedded) clearTimeout(limit);
  try {
    await services.stop();
  } finally {
    clearTimeout(limit);
  }
}

async function startProbes(services: Services, io: CommandIo): Promise<ProbeServer> {
  const { loaded, database, log, telemetry } = services;
  const server = await createProbeServer({
    authenticator: new TokenAuthenticator(database.dataSource),
    allowedHosts: loaded.config.server.allowedHosts,
    checkReadiness: async () => {
      await database.dataSource.query('SELECT 1');
    },
    log,
    metrics: telemetry,
  });
  const { url } = await server.listen(loaded.config.server);
  io.stdout.write(`Health and metrics answer at ${url}\n`);
  return server;
}

function engines(text: string): EngineName[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const known = ENGINE_NAMES.filter((name) => names.includes(name));
  if (known.length > 0 && known.length === names.length) return known;
  throw new InvalidArgumentError(`one or more of ${ENGINE_NAMES.join(',')} are needed`);
}
