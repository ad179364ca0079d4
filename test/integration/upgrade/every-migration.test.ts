/**
 * Every migration, on a database that a real service has filled: down and up again, rows of the schema before it stay
 * as they were. A new migration is tried by its being in the list.
 */
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations';
import { migrate, ranMigrations, revertLast } from '../../../src/database/migrate';
import { writeLayersModel } from '../../support/layers-models';
import { connectTo } from '../../support/open-test-database';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import { rowsOf, shared, type TableRows } from '../../support/table-rows';
import { startTestService } from '../../support/test-service';

jest.setTimeout(180_000);

/** As many as there are; the first begins with an empty database and has nothing to keep. */
const STEPS = MIGRATIONS.length;

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database.url);
  await leaveOpenRuns(database.url);
  dataSource = await connectTo(database.url);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** What a service leaves behind: results with all that belongs to them, aliases, tokens, keys. */
async function fill(url: string): Promise<void> {
  const service = await startTestService({
    databaseUrl: url,
    configure: ({ evaluation }) => (evaluation.shardSize = 700),
  });
  try {
    const { app, client, root } = service;
    const { services } = app;
    const datasetId = (await services.datasets.register('sample-shapes')).id;
    const net = await client.register(await writeLayersModel(path.join(root, 'net')));
    const other = await client.register(
      await writeLayersModel(path.join(root, 'other'), { filters: [4] }),
    );
    for (const checkpointId of [net, other]) {
      const input = { checkpointId, datasetId, idempotencyKey: `key of ${checkpointId}` };
      const { id } = await client.runEvaluation(input);
      expect((await client.settled(id)).state).toBe('SUCCEEDED');
    }
    const setAlias =
      'mutation ($id: ID!) { setCheckpointAlias(alias: "champion", checkpointId: $id) { alias } }';
    for (const id of [net, other, net]) await client.field('setCheckpointAlias', setAlias, { id });
    await services.tokens.create({ name: 'ci', role: 'runner' });
  } finally {
    await service.end();
  }
}

/** One in each state that a run can be left in, beside those that have succeeded, and a worker that was killed. */
async function leaveOpenRuns(url: string): Promise<void> {
  const open = await connectTo(url);
  try {
    await open.query(
      `INSERT INTO worker (id, host, pid, engines, concurrency, heartbeat_at)
       VALUES (gen_random_uuid(), 'elsewhere', 7, '{onnx}', 1, now() - interval '1 hour')`,
    );
    for (const state of ['QUEUED', 'FAILED', 'CANCELLED']) {
      const [run] = await open.query<{ id: string }[]>(
        `INSERT INTO evaluation_run (id, checkpoint_id, dataset_id, split, engine, batch_size, state, samples_total,
           failure_code)
         SELECT gen_random_uuid(), checkpoint_id, dataset_id, 'test', 'onnx', 64, $1::varchar, 2000,
                CASE $1::varchar WHEN 'FAILED' THEN 'ENGINE_CRASHED' END
           FROM evaluation_run LIMIT 1 RETURNING id`,
        [state],
      );
      await open.query(
        `INSERT INTO evaluation_shard (run_id, shard, first_sample, sample_count, state, job_id)
         VALUES ($1, 0, 0, 2000, $2, gen_random_uuid())`,
        [run?.id, state === 'QUEUED' ? 'QUEUED' : 'FAILED'],
      );
    }
  } finally {
    await open.destroy();
  }
}

const count = (rows: TableRows) => [...rows.values()].reduce((sum, own) => sum + own.length, 0);

it('leaves every row of the schema before as it was: up, down and up again', async () => {
  const tables = new Set<string>();
  for (let step = STEPS; step > 1; step--) {
    const [name = ''] = await revertLast(dataSource);
    const before = await rowsOf(dataSource);
    // What the older schema knows, as that migration found it.
    const upTo = { migrations: MIGRATIONS.slice(0, step) };
    const one = await connectTo(database.url, upTo);
    try {
      expect(await migrate(one)).toEqual([name]);
      const after = await rowsOf(one);
      expect({ name, rows: shared(after, before) }).toEqual({ name, rows: shared(before, after) });
      expect(await revertLast(one)).toEqual([name]);
      expect({ name, rows: await rowsOf(one) }).toEqual({ name, rows: before });
      expect(await migrate(one)).toEqual([name]);
      const again = await rowsOf(one);
      expect({ name, rows: shared(again, before) }).toEqual({ name, rows: shared(after, before) });
      for (const [table, rows] of after) if (rows.length > 0) tables.add(table);
      expect(count(before)).toBeGreaterThan(10);
      expect(await revertLast(one)).toEqual([name]);
    } finally {
      await one.destroy();
    }
  }
  expect(await ranMigrations(dataSource)).toEqual([MIGRATIONS[0]?.name]);
  // A table that nobody fills would be tried by nothing.
  expect([...tables].sort()).toEqual(
    expect.arrayContaining([
      'api_token',
      'checkpoint',
      'checkpoint_alias',
      'dataset',
      'evaluation_result',
      'evaluation_run',
      'evaluation_shard',
      'prediction_block',
    ]),
  );
});
