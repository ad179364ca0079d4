/** The migration to shards cuts the runs that wait or were under way, and keeps all that has ended. */
import { randomUUID } from 'node:crypto';
import { migrate, revertLast } from '../../../src/database/migrate';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { storeCheckpoint, storeDataset } from '../../support/stored-rows';

const NAME = 'AddShardsAndWorkers1795800000000';

let database: OpenTestDatabase;
let checkpointId: string;
let datasetId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  // In the newest schema, which the entities know; the way down keeps them.
  checkpointId = (await storeCheckpoint(database.dataSource)).id;
  datasetId = (await storeDataset(database.dataSource)).id;
  while (!(await revertLast(database.dataSource)).includes(NAME));
});

afterAll(() => database.end());

const query = <T>(sql: string, values: unknown[] = []) =>
  database.dataSource.query<T[]>(sql, values);

async function storeRun(state: string, samples: number): Promise<string> {
  const id = randomUUID();
  await query(
    `INSERT INTO evaluation_run (id, checkpoint_id, dataset_id, split, engine, batch_size, state, attempt, worker_id,
       samples_total, samples_done, started_at)
     VALUES ($1, $2, $3, 'test', 'onnx', 64, $4, 1, $1, $5, 3, now())`,
    [id, checkpointId, datasetId, state, samples],
  );
  return id;
}

it('cuts open runs into shards that begin anew, and down again leaves whole runs', async () => {
  const ids = {
    waiting: await storeRun('QUEUED', 10_000),
    running: await storeRun('RUNNING', 20_001),
    succeeded: await storeRun('SUCCEEDED', 5),
    failed: await storeRun('FAILED', 5),
  };
  const ended = () =>
    query('SELECT * FROM evaluation_run WHERE id = ANY($1) ORDER BY id', [
      [ids.succeeded, ids.failed],
    ]);
  const before = await ended();
  await migrate(database.dataSource);

  const shards = (runId: string) =>
    query(
      `SELECT shard, first_sample::integer AS first, sample_count AS count, state, attempt
         FROM evaluation_shard WHERE run_id = $1 ORDER BY shard`,
      [runId],
    );
  const fresh = { state: 'QUEUED', attempt: 0 };
  expect(await shards(ids.waiting)).toEqual([{ shard: 0, first: 0, count: 10_000, ...fresh }]);
  expect(await shards(ids.running)).toEqual([
    { shard: 0, first: 0, count: 10_000, ...fresh },
    { shard: 1, first: 10_000, count: 10_000, ...fresh },
    { shard: 2, first: 20_000, count: 1, ...fresh },
  ]);
  for (const id of [ids.succeeded, ids.failed]) expect(await shards(id)).toEqual([]);
  const open = await query(
    `SELECT state, samples_done::integer AS done, started_at FROM evaluation_run WHERE id = $1`,
    [ids.running],
  );
  expect(open).toEqual([{ state: 'QUEUED', done: 0, started_at: null }]);

  // A shard that was done has its block; the older schema would write it again.
  await query(
    `INSERT INTO prediction_block (run_id, shard, first_sample, sample_count, class_count, kind, logits, loss_sum)
     VALUES ($1, 1, 10000, 1, 2, 'logits', '\\x0000000000000000', 0)`,
    [ids.running],
  );
  while (!(await revertLast(database.dataSource)).includes(NAME));
  expect(await query('SELECT 1 FROM prediction_block')).toEqual([]);
  expect(await ended()).toEqual(before);
});
