/**
 * Submits runs to real processes on a real database while all of them are killed at random, and looks after each
 * round whether everything holds that must: see `brokenInvariants`.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BreakablePostgres } from '../support/breakable-postgres';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { connectTo } from '../support/open-test-database';
import { removeFolder } from '../support/postgres-folder';
import { brokenInvariants, type KnownAnswer } from '../support/run-invariants';
import { generator } from './random';
import { SupervisedProcess } from './supervised-process';

export interface ChaosOptions {
  kills: number;
  seed: number;
  log: (line: string) => void;
}

export interface ChaosReport {
  kills: Record<string, number>;
  rounds: number;
  runs: number;
  states: Record<string, number>;
  /** Why runs have failed. */
  failures: string[];
  /** Processes that ended though they worked and were not killed. */
  unexpectedEnds: number;
  /** What they logged of bugs of ours. */
  bugs: string[];
  /** What they said before. */
  lastWords: string[];
  /** Longest time from the last blow of a round until all its runs had ended. */
  slowestRoundMs: number;
  broken: string[];
}

const RUNS_A_ROUND = 3;
const MOST_BLOWS_A_ROUND = 5;
/** Retries and silences add up; a run that is still open after this is lost. */
const ROUND_LIMIT_MS = 120_000;
const SHARD_SIZE = 250;

export async function runChaos({ kills, seed, log }: ChaosOptions): Promise<ChaosReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-chaos-'));
  const stage = await setStage(folder);
  try {
    return await play(stage, { kills, seed, log });
  } catch (error) {
    for (const one of [stage.api, ...stage.workers]) log(one.lastOutput);
    throw error;
  } finally {
    await Promise.all([stage.api, ...stage.workers].map((one) => one.stop()));
    await stage.postgres.stop();
    await removeFolder(path.join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface Stage {
  postgres: BreakablePostgres;
  api: SupervisedProcess;
  workers: SupervisedProcess[];
  client: GraphQLClient;
}

async function setStage(folder: string): Promise<Stage> {
  await mkdir(path.join(folder, 'models'));
  // Some tenths of a second a shard: blows fall into the middle.
  await writeLayersModel(path.join(folder, 'models', 'net'), { filters: [24, 24] });
  const config = path.join(folder, 'config.yaml');
  await writeFile(
    config,
    `checkpoint_roots: [models]\nevaluation: { shard_size: ${SHARD_SIZE} }\nlog_level: error\n`,
  );
  const postgres = await BreakablePostgres.start(path.join(folder, 'postgres'));
  const port = await freePort();
  const env = {
    ASSAY_CONFIG: config,
    ASSAY_DATA_PATH: path.join(folder, 'state'),
    DATABASE_URL: postgres.url,
    PORT: String(port),
  };
  const worker = { args: ['worker', '--engines', 'onnx'], env, ready: /takes shards/ };
  return {
    postgres,
    api: new SupervisedProcess({
      name: 'api',
      args: ['serve', '--no-worker'],
      env,
      ready: /GraphQL answers/,
    }),
    workers: ['worker-1', 'worker-2'].map((name) => new SupervisedProcess({ name, ...worker })),
    client: new GraphQLClient(`http://127.0.0.1:${port}`),
  };
}

async function play(stage: Stage, { kills, seed, log }: ChaosOptions): Promise<ChaosReport> {
  const { client } = stage;
  const random = generator(seed);
  await eventually('all processes work', () => allReady(stage), 120_000);
  const input = {
    checkpointId: await client.register('net'),
    datasetId: await firstDataset(client),
    batchSize: 16,
  };
  const known = await calmAnswer(stage, input);
  const report: ChaosReport = {
    kills: {},
    rounds: 0,
    runs: 0,
    states: {},
    failures: [],
    unexpectedEnds: 0,
    bugs: [],
    lastWords: [],
    slowestRoundMs: 0,
    broken: [],
  };
  const accepted: string[] = [];
  let dealt = 0;
  while (dealt < kills && report.broken.length === 0) {
    report.rounds += 1;
    const submitted = Promise.all(
      Array.from({ length: RUNS_A_ROUND }, async () => {
        await sleep(random() * 1_500);
        return submit(client, input);
      }),
    );
    const blows = Math.min(kills - dealt, 1 + Math.floor(random() * MOST_BLOWS_A_ROUND));
    for (let i = 0; i < blows; i++) {
      await sleep(50 + random() * 1_500);
      const victim = await strike(stage, random());
      report.kills[victim] = (report.kills[victim] ?? 0) + 1;
    }
    dealt += blows;
    const calm = Date.now();
    accepted.push(...(await submitted));
    report.broken.push(...(await settle(stage, accepted, known)));
    report.slowestRoundMs = Math.max(report.slowestRoundMs, Date.now() - calm);
    log(`round ${report.rounds}: ${dealt} of ${kills} kills, ${accepted.length} runs`);
  }
  report.runs = accepted.length;
  Object.assign(report, await endsOf(stage));
  const processes = [stage.api, ...stage.workers];
  report.unexpectedEnds = processes.reduce((sum, one) => sum + one.unexpectedEnds, 0);
  report.bugs = processes.flatMap((one) => one.bugs);
  report.lastWords = processes.flatMap((one) => one.lastWords);
  return report;
}

/** @returns who was hit */
async function strike({ postgres, api, workers }: Stage, chance: number): Promise<string> {
  if (chance < 0.2) {
    await postgres.kill();
    await sleep(100);
    await postgres.restart();
    return 'postgres';
  }
  if (chance < 0.35) {
    postgres.cut();
    return 'connections';
  }
  const all = [api, ...workers];
  const victim = all[Math.floor(((chance - 0.35) / 0.65) * all.length)] ?? api;
  victim.kill();
  return victim.name;
}

/** Asks until it is answered; the key makes sure that this is one run. */
async function submit(client: GraphQLClient, input: Record<string, unknown>): Promise<string> {
  const idempotencyKey = randomUUID();
  return eventually(
    'a run is accepted',
    async () => {
      const run = await client.runEvaluation({ ...input, idempotencyKey }).catch(() => undefined);
      return run?.id;
    },
    ROUND_LIMIT_MS,
  );
}

/** Waits for the end of all that was accepted. @returns what does not hold then */
async function settle(stage: Stage, accepted: string[], known: KnownAnswer): Promise<string[]> {
  const dataSource = await connectTo(stage.postgres.url);
  try {
    await eventually(
      'all runs have ended',
      async () => {
        const open = await dataSource.query<unknown[]>(
          `SELECT 1 FROM evaluation_run WHERE state IN ('QUEUED', 'RUNNING') LIMIT 1`,
        );
        return open.length === 0;
      },
      ROUND_LIMIT_MS,
    ).catch(() => undefined);
    const broken = await brokenInvariants(dataSource, accepted, known);
    const [{ runs } = { runs: 0 }] = await dataSource.query<{ runs: number }[]>(
      'SELECT count(*)::integer AS runs FROM evaluation_run',
    );
    // The calm one, and one for each key.
    if (runs !== accepted.length + 1) broken.push(`${runs} runs for ${accepted.length + 1} keys`);
    return broken;
  } finally {
    await dataSource.destroy();
  }
}

async function endsOf(stage: Stage): Promise<Pick<ChaosReport, 'states' | 'failures'>> {
  const dataSource = await connectTo(stage.postgres.url);
  try {
    const runs = await dataSource.query<{ state: string; failure: string | null }[]>(
      `SELECT state, failure_code || ': ' || failure_message AS failure FROM evaluation_run`,
    );
    const states: Record<string, number> = {};
    for (const { state } of runs) states[state] = (states[state] ?? 0) + 1;
    return { states, failures: runs.flatMap(({ failure }) => failure ?? []) };
  } finally {
    await dataSource.destroy();
  }
}

/** What all runs must find, from one that nobody disturbed. */
async function calmAnswer(stage: Stage, input: Record<string, unknown>): Promise<KnownAnswer> {
  const { id } = await stage.client.runEvaluation(input);
  const run = await stage.client.settled(id);
  if (run.state !== 'SUCCEEDED') throw new Error(`the calm run: ${JSON.stringify(run)}`);
  const query = `query ($id: ID!) { evaluationResult(id: $id) { sampleCount confusionMatrix { counts } } }`;
  const result = (await stage.client.field('evaluationResult', query, { id })) as {
    sampleCount: number;
    confusionMatrix: { counts: number[][] };
  };
  return { sampleCount: result.sampleCount, confusionMatrix: result.confusionMatrix.counts };
}

function allReady({ api, workers }: Stage): boolean {
  return [api, ...workers].every(({ ready }) => ready);
}

async function firstDataset(client: GraphQLClient): Promise<string> {
  const datasets = (await client.field('datasets', '{ datasets { id } }')) as { id: string }[];
  const [dataset] = datasets;
  if (!dataset) throw new Error('the service has registered no dataset');
  return dataset.id;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
