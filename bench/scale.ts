/**
 * What the database has to bear of workers, measured on a real PostgreSQL with up to 200 simulated ones (all that a
 * worker says, and a wait in the place of its model), and what follows from it for a billion images a day.
 *
 *   npm run bench:scale -- [--workers 1,10,50,100,200] [--seconds N] [--compute-ms N]
 *
 * Linux alone: processor times are read from /proc.
 */
import 'reflect-metadata';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FASHION_MNIST_SPLITS } from '../src/datasets/fashion-mnist/fashion-mnist-files';
import { DatabaseMeter } from './support/database-meter';
import { MeasuredPostgres } from './support/measured-postgres';
import {
  printQueue,
  printRates,
  printShardCost,
  printStore,
  type RatePoint,
  type ShardCost,
} from './support/scale-report';
import { costsOf, printOutlook } from './support/scale-outlook';
import { inScratch, runBench } from './support/scratch';
import { RUN_SHARDS, type SimulatedWorker, Simulation } from './support/simulated-workers';
import { storeBandwidth } from './support/store-bandwidth';

const PORT = 45_432;
const MAX_CONNECTIONS = 1_500;
/** Workers spread over as many; those of one run also wait for its row. */
const RUNS_AT_ONCE = 2;
const WARM_UP_MS = 3_000;
const STARTED_AT_ONCE = 10;

interface Flags {
  workers: string;
  seconds: string;
  'compute-ms': string;
  checkpoint: string;
}

interface Kind {
  what: string;
  /** Undefined: there is nothing to do. */
  computeMs?: number;
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      workers: { type: 'string', default: '1,10,50,100,200' },
      seconds: { type: 'string', default: '12' },
      'compute-ms': { type: 'string', default: '10000' },
      checkpoint: { type: 'string', default: 'checkpoints/fashion-cnn' },
    },
  });
  await inScratch((env) => measure(env, flags));
}

async function measure(env: NodeJS.ProcessEnv, flags: Flags): Promise<void> {
  const counts = flags.workers.split(',').map(Number);
  const folder = env['ASSAY_DATA_PATH'] ?? '';
  const postgres = await MeasuredPostgres.start(path.join(folder, 'db'), PORT, MAX_CONNECTIONS);
  try {
    const simulation = await Simulation.open(postgres.connection, folder, flags.checkpoint);
    const meter = new DatabaseMeter(simulation.dataSource, postgres.pid);
    await meter.open();
    const seconds = Number(flags.seconds);
    try {
      const cost = await shardCost(simulation, meter);
      printShardCost(cost, await meter.statements());
      const computeMs = Number(flags['compute-ms']);
      const kinds: Record<'idle' | 'busy' | 'quick', Kind> = {
        idle: { what: 'idle' },
        busy: { what: `a shard takes ${computeMs / 1000} s`, computeMs },
        quick: { what: 'a shard takes no time', computeMs: 0 },
      };
      const points: Record<keyof typeof kinds, RatePoint[]> = { idle: [], busy: [], quick: [] };
      for (const [name, kind] of Object.entries(kinds)) {
        for (const workers of counts) {
          const point = await ratePoint(simulation, meter, { ...kind, workers, seconds });
          printRates(point, name === 'idle' && points.idle.length === 0);
          points[name as keyof typeof kinds].push(point);
        }
      }
      await printQueue(simulation.dataSource);
      const store = await storeRate({ ...env, ASSAY_DATA_PATH: path.join(folder, 'service') });
      printStore(store);
      printOutlook(costsOf(cost, points, store, RUNS_AT_ONCE), availableParallelism());
    } finally {
      await simulation.close();
    }
  } finally {
    await postgres.stop();
  }
}

/** Of runs that one worker does and settles, one after another. */
async function shardCost(simulation: Simulation, meter: DatabaseMeter): Promise<ShardCost> {
  const worker = await simulation.startWorker(0);
  try {
    const runs = 5;
    const work = await meter.during(async () => {
      for (let i = 0; i < runs; i++) await ended(simulation, await simulation.request('short'));
    });
    return { shards: runs * RUN_SHARDS.short, runs, work };
  } finally {
    await worker.stop();
  }
}

async function ended({ dataSource }: Simulation, runId: string): Promise<void> {
  for (;;) {
    const [run] = await dataSource.query<{ state: string }[]>(
      'SELECT state FROM evaluation_run WHERE id = $1',
      [runId],
    );
    if (run?.state === 'SUCCEEDED') return;
    if (run?.state === 'FAILED') throw new Error(`run ${runId} failed`);
    await sleep(50);
  }
}

async function ratePoint(
  simulation: Simulation,
  meter: DatabaseMeter,
  { what, computeMs, workers, seconds }: Kind & { workers: number; seconds: number },
): Promise<RatePoint> {
  const runIds: string[] = [];
  while (computeMs !== undefined && runIds.length < RUNS_AT_ONCE) {
    runIds.push(await simulation.request('long'));
  }
  const started: SimulatedWorker[] = [];
  try {
    while (started.length < workers) {
      const missing = Math.min(STARTED_AT_ONCE, workers - started.length);
      const next = Array.from({ length: missing }, () => simulation.startWorker(computeMs ?? 0));
      started.push(...(await Promise.all(next)));
    }
    await sleep(WARM_UP_MS);
    const before = await simulation.shardsDone();
    const work = await meter.during(() => sleep(1000 * seconds));
    const shards = (await simulation.shardsDone()) - before;
    const [connections, statements] = [await meter.connections(), await meter.statements()];
    return { what, workers, connections, shards, work, statements };
  } finally {
    for (const runId of runIds) await simulation.cancel(runId);
    await Promise.all(started.map((worker) => worker.stop()));
  }
}

/** Of a real service that gives out Fashion-MNIST's 47 MB of training images. */
async function storeRate(env: NodeJS.ProcessEnv) {
  const train = FASHION_MNIST_SPLITS.find(({ name }) => name === 'train');
  return storeBandwidth(env, train?.digest ?? '', { atOnce: 4, times: 10 });
}

runBench(main);
