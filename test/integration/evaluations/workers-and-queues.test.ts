/** Cancel, retry, and the view of workers and queues, through GraphQL. */
import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp } from '../../../src/app';
import { eventually } from '../../support/eventually';
import { RUN_FIELDS, type RunView } from '../../support/graphql-client';
import { SLOW_FILTERS, writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

interface WorkerAnswer {
  id: string;
  host: string;
  pid: number;
  engines: string[];
  shards: { runId: string; shard: number; samplesDone: number; sampleCount: number }[];
}

const WORKERS =
  '{ workers { id host pid engines concurrency heartbeatAt shards { runId shard samplesDone sampleCount } } }';
const QUEUES = '{ queues { engine waiting running oldestSeconds } }';

let service: TestService;
let datasetId: string;
let slowId: string;
let quickId: string;

beforeAll(async () => {
  service = await startTestService({
    configure: (config) => {
      config.evaluation.shardSize = 500;
      config.worker.drainMs = 0;
    },
  });
  const { client, root, app } = service;
  datasetId = (await app.services.datasets.register('sample-shapes')).id;
  quickId = await client.register(await writeLayersModel(path.join(root, 'quick')));
  const filters = SLOW_FILTERS;
  slowId = await client.register(await writeLayersModel(path.join(root, 'slow'), { filters }));
});

afterAll(() => service.end());

const mutate = (name: string, id: string) =>
  service.client.field(name, `mutation ($id: ID!) { ${name}(id: $id) { ${RUN_FIELDS} } }`, {
    id,
  }) as Promise<RunView>;
const workers = async () => (await service.client.field('workers', WORKERS)) as WorkerAnswer[];

async function underWay(): Promise<string> {
  // Small batches: a shard stops between two of them.
  const { id } = await service.client.runEvaluation({
    checkpointId: slowId,
    datasetId,
    batchSize: 8,
  });
  await eventually('the first batches', async () => {
    return (await service.client.run(id)).progress.samplesDone > 0;
  });
  return id;
}

it('shows who works on what, and what waits, until nothing does', async () => {
  const id = await underWay();
  const [worker, ...others] = await workers();
  expect(others).toEqual([]);
  expect(worker).toMatchObject({ pid: process.pid, engines: ['ONNX', 'TFJS'], concurrency: 1 });
  expect(worker?.shards).toEqual([
    { runId: id, shard: 0, samplesDone: expect.any(Number) as number, sampleCount: 500 },
  ]);
  const queues = await service.client.field('queues', QUEUES);
  expect(queues).toEqual([
    { engine: 'ONNX', waiting: 3, running: 1, oldestSeconds: expect.any(Number) as number },
    { engine: 'TFJS', waiting: 0, running: 0, oldestSeconds: null },
  ]);
  await mutate('cancelEvaluation', id);
  await eventually('the worker is free', async () => (await workers())[0]?.shards.length === 0);
});

it('while a shard is stored the next one is computed, and no further one', async () => {
  const { dataSource } = service.app.services.database;
  const slowDisk = dataSource.createQueryRunner();
  await slowDisk.startTransaction();
  await slowDisk.query('LOCK TABLE prediction_block IN SHARE MODE');
  const { id } = await service.client.runEvaluation({ checkpointId: quickId, datasetId });
  const inHand = async () => (await workers())[0]?.shards.map(({ shard }) => shard);
  try {
    await eventually('two shards are in hand', async () => (await inHand())?.length === 2);
    await sleep(500);
    expect(await inHand()).toEqual([0, 1]);
  } finally {
    await slowDisk.rollbackTransaction();
    await slowDisk.release();
  }
  expect((await service.client.settled(id)).state).toBe('SUCCEEDED');
});

it('a worker does not ask after its shards at each step of a run', async () => {
  const { dataSource } = service.app.services.database;
  const { logger } = dataSource;
  const asked = { steps: 0, beats: 0, shards: 0 };
  const counting = Object.create(logger) as typeof logger;
  counting.logQuery = (query) => {
    if (query.includes('SET samples_done = $5')) asked.steps += 1;
    if (query.includes('SET heartbeat_at = now()')) asked.beats += 1;
    if (query.includes('SELECT job_id, attempt FROM evaluation_shard')) asked.shards += 1;
  };
  const id = await underWay();
  dataSource.logger = counting;
  try {
    await eventually('some steps', () => asked.steps >= 5);
  } finally {
    dataSource.logger = logger;
  }
  await mutate('cancelEvaluation', id);
  // At each beat alone.
  expect(asked.shards).toBeLessThanOrEqual(asked.beats + 1);
});

it('a worker that has ended is shown no more, and one that is silent neither', async () => {
  const second = await startApp(service.loaded);
  try {
    expect(await workers()).toHaveLength(2);
  } finally {
    await second.stop();
  }
  expect(await workers()).toHaveLength(1);
  const { dataSource } = service.app.services.database;
  await dataSource.query(
    `INSERT INTO worker (id, host, pid, engines, concurrency, heartbeat_at)
     VALUES ($1, 'gone', 1, '{onnx}', 1, now() - interval '1 minute')`,
    [randomUUID()],
  );
  expect(await workers()).toHaveLength(1);
});

it('cancelling stops the shard under way without hanging, also from another process', async () => {
  const other = await startApp(service.loaded, undefined, { worker: false });
  try {
    for (const app of [service.app, other]) {
      const id = await underWay();
      const cancelledAt = Date.now();
      expect((await app.services.evaluations.cancel(id)).state).toBe('CANCELLED');
      // The engine is one: when the next run is under way, the cancelled shard has let it go.
      const next = await service.client.runEvaluation({ checkpointId: quickId, datasetId });
      await eventually('the next run is under way', async () => {
        return (await service.client.run(next.id)).progress.samplesDone > 0;
      });
      expect(Date.now() - cancelledAt).toBeLessThan(2_000);
      const { startedAt } = await service.app.services.evaluations.run(next.id);
      expect(Number(startedAt) - cancelledAt).toBeLessThan(1_000);
    }
  } finally {
    await other.stop();
  }
});

it('refuses to cancel or retry what is not there, and to retry what has not failed', async () => {
  const code = (name: string, id: string) =>
    service.client.codes(`mutation ($id: ID!) { ${name}(id: $id) { id } }`, { id });
  for (const name of ['cancelEvaluation', 'retryEvaluation']) {
    expect(await code(name, randomUUID())).toEqual(['RUN_NOT_FOUND']);
    expect(await code(name, 'nothing')).toEqual(['BAD_USER_INPUT']);
  }
  const { id } = await service.client.runEvaluation({ checkpointId: quickId, datasetId });
  expect((await service.client.settled(id)).state).toBe('SUCCEEDED');
  expect(await code('retryEvaluation', id)).toEqual(['RUN_NOT_FAILED']);
  expect((await mutate('cancelEvaluation', id)).state).toBe('SUCCEEDED');
});

it('tries again while the store is away, gives up with the reason, and a retry does what is missing', async () => {
  // Of one that no shard has needed yet: a worker keeps the last in memory.
  const fresh = await writeLayersModel(path.join(service.root, 'fresh'), { seed: 99 });
  const checkpointId = await service.client.register(fresh);
  const { digest } = await service.app.services.checkpoints.get(checkpointId);
  const folder = path.join(service.store, digest);
  await rename(folder, `${folder}.away`);
  const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
  const failed = await service.client.settled(id);
  expect(failed).toMatchObject({ state: 'FAILED', failure: { code: 'CHECKPOINT_MISSING' } });
  // Each shard's own reason.
  for (const shard of [0, 1, 2, 3]) expect(failed.failure?.message).toContain(`shard ${shard} (`);
  expect(failed.attempt).toBe(4);

  await rename(`${folder}.away`, folder);
  expect(await mutate('retryEvaluation', id)).toMatchObject({ failure: null });
  expect(await service.client.settled(id)).toMatchObject({
    state: 'SUCCEEDED',
    failure: null,
    progress: { samplesDone: 2000, samplesTotal: 2000 },
  });
});
