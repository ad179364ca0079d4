/**
 * What the migration says to Citus, on a PostgreSQL in which Citus' three functions only note that they were called:
 * all else that it says runs for real. No Citus ran: Debian has none.
 */
import {
  distribute,
  DistributeByRun1796300000000,
  distributing,
  undistribute,
  undistributing,
} from '../../../migrations/1796300000000-distribute-by-run';
import { DISTRIBUTED_BY } from '../../../src/database/greenplum-sql';
import { describeSchema } from '../../../src/database/describe-schema';
import { serverKindOf } from '../../../src/database/server-kind';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.end());

/** In a schema of their own, which describeSchema does not see. */
async function noteCalls(): Promise<void> {
  await database.dataSource.query(`
    CREATE SCHEMA citus_stand_in;
    CREATE TABLE citus_stand_in.call (id serial, text text);
    CREATE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql
      AS $$ INSERT INTO citus_stand_in.call (text) VALUES (format('reference %s', t)) $$;
    CREATE FUNCTION create_distributed_table(t regclass, c text, colocate_with text DEFAULT '') RETURNS void LANGUAGE sql
      AS $$ INSERT INTO citus_stand_in.call (text) VALUES (format('distributed %s by %s with %s', t, c, colocate_with)) $$;
    CREATE FUNCTION undistribute_table(t regclass) RETURNS void LANGUAGE sql
      AS $$ INSERT INTO citus_stand_in.call (text) VALUES (format('local %s', t)) $$`);
}

/** Those since the last look, in their order. */
async function calls(): Promise<string[]> {
  const rows = await database.dataSource.query<{ text: string }[]>(
    'SELECT text FROM citus_stand_in.call ORDER BY id',
  );
  await database.dataSource.query('TRUNCATE citus_stand_in.call');
  return rows.map(({ text }) => text);
}

it('knows a PostgreSQL, and leaves it as it is', async () => {
  const { dataSource } = database;
  expect(await serverKindOf(dataSource)).toBe('postgresql');
  const before = await describeSchema(dataSource);
  const runner = dataSource.createQueryRunner();
  const migration = new DistributeByRun1796300000000();
  await migration.up(runner);
  await migration.down(runner);
  await runner.release();
  expect(await describeSchema(dataSource)).toBe(before);
});

it('spreads results and predictions by run beside reference tables, with each foreign key, and takes it back', async () => {
  const { dataSource } = database;
  await noteCalls();
  const before = await describeSchema(dataSource);
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  await distribute(runner);
  await runner.commitTransaction();
  const spread = await describeSchema(dataSource);
  const lines = (text: string) => new Set(text.split('\n'));
  expect([...lines(before)].filter((line) => !lines(spread).has(line))).toEqual([
    expect.stringContaining('CREATE TRIGGER evaluation_result_refuse_update'),
  ]);
  const called = await calls();
  expect(called.slice(-2)).toEqual([
    'distributed evaluation_result by run_id with ',
    'distributed prediction_block by run_id with evaluation_result',
  ]);
  expect(called).toEqual(
    expect.arrayContaining([
      'reference checkpoint',
      'reference dataset',
      'reference evaluation_run',
      'reference evaluation_request',
    ]),
  );

  await runner.startTransaction();
  await undistribute(runner);
  await runner.commitTransaction();
  await runner.release();
  expect(await describeSchema(dataSource)).toBe(before);
  expect((await calls()).sort()).toEqual(
    called.map((call) => `local ${call.split(' ')[1] ?? ''}`).sort(),
  );
});

it('says it as text: one constraint a statement, keys away before and back after', () => {
  const keys = [
    {
      table: 'prediction_block',
      name: 'prediction_block_run_id_fkey',
      definition: 'FOREIGN KEY (run_id) REFERENCES evaluation_run(id)',
      target: 'evaluation_run',
    },
  ];
  expect(distributing(keys)).toEqual([
    `SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`,
    'DROP TRIGGER "evaluation_result_refuse_update" ON "evaluation_result"',
    'ALTER TABLE "prediction_block" DROP CONSTRAINT "prediction_block_run_id_fkey"',
    `SELECT create_reference_table('evaluation_run')`,
    `SELECT create_distributed_table('evaluation_result', 'run_id')`,
    `SELECT create_distributed_table('prediction_block', 'run_id', colocate_with => 'evaluation_result')`,
    'ALTER TABLE "prediction_block" ADD CONSTRAINT "prediction_block_run_id_fkey" FOREIGN KEY (run_id) REFERENCES evaluation_run(id)',
  ]);
  expect(undistributing(keys).slice(2, -2)).toEqual([
    `SELECT undistribute_table('evaluation_result')`,
    `SELECT undistribute_table('prediction_block')`,
    `SELECT undistribute_table('evaluation_run')`,
  ]);
});

describe('by the entities', () => {
  const spread = () =>
    database.dataSource.entityMetadatas.filter(({ tableName }) => tableName in DISTRIBUTED_BY);

  it('each unique key of a spread table holds the column that its rows are spread by', () => {
    expect(spread()).toHaveLength(2);
    for (const metadata of spread()) {
      const keys = [
        metadata.primaryColumns,
        ...metadata.uniques.map(({ columns }) => columns),
        ...metadata.indices.filter(({ isUnique }) => isUnique).map(({ columns }) => columns),
      ];
      for (const columns of keys) {
        expect(columns.map(({ databaseName }) => databaseName)).toContain(
          DISTRIBUTED_BY[metadata.tableName],
        );
      }
    }
  });

  // Citus: only a spread table may refer to a spread table, and then by that column.
  it('a foreign key to a spread table holds the column, and comes from a spread table', () => {
    const keys = database.dataSource.entityMetadatas.flatMap(({ foreignKeys }) => foreignKeys);
    expect(keys.length).toBeGreaterThan(5);
    for (const { entityMetadata, referencedEntityMetadata, columns } of keys) {
      const column = DISTRIBUTED_BY[referencedEntityMetadata.tableName];
      if (column === undefined) continue;
      expect(Object.keys(DISTRIBUTED_BY)).toContain(entityMetadata.tableName);
      expect(columns.map(({ databaseName }) => databaseName)).toContain(column);
    }
  });
});
