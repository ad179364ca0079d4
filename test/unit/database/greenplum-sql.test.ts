/** Every statement of every migration, as Greenplum would hear it; no Greenplum ran. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../../migrations';
import { DISTRIBUTED_BY, greenplumSql } from '../../../src/database/greenplum-sql';

/** A runner that only listens: what it is asked has no rows yet. */
async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const said: string[] = [];
  const query = (sql: string) => {
    said.push(sql);
    return Promise.resolve(sql.includes('version()') ? [{ version: '', citus: false }] : []);
  };
  await migration.up({ query } as unknown as QueryRunner);
  return said;
}

async function heard(): Promise<string[]> {
  const said: string[] = [];
  for (const Migration of MIGRATIONS) said.push(...(await statementsOf(new Migration())));
  return said.map(greenplumSql).filter((statement) => statement !== undefined);
}

const CREATE = /^\s*CREATE TABLE "(\w+)"[^]*\) DISTRIBUTED (REPLICATED|BY \("(\w+)"\))$/;

it('each table says how its rows are spread: results and predictions by run, all others replicated', async () => {
  const created = (await heard()).filter((statement) => /CREATE TABLE/i.test(statement));
  const spread = created.map((statement) => {
    const [, table, policy, column] = CREATE.exec(statement) ?? [];
    return { table, policy: column ?? policy };
  });
  expect(spread).not.toContainEqual({ table: undefined, policy: undefined });
  expect(spread.filter(({ policy }) => policy !== 'REPLICATED')).toEqual([
    { table: 'evaluation_result', policy: 'run_id' },
    { table: 'prediction_block', policy: 'run_id' },
  ]);
  expect(spread.map(({ table }) => table)).toContain('checkpoint_alias');
});

it('each unique key of a spread table holds the column', async () => {
  const statements = await heard();
  for (const [table, column] of Object.entries(DISTRIBUTED_BY)) {
    const keys = statements.flatMap((statement) => [
      ...(statement.includes(`CREATE TABLE "${table}"`)
        ? [...statement.matchAll(/(?:PRIMARY KEY|UNIQUE) \(([^)]*)\)/g)].map(([, key]) => key)
        : []),
      ...(/UNIQUE INDEX/.test(statement) && statement.includes(`ON "${table}"`) ? [statement] : []),
    ]);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toContain(`"${column}"`);
  }
});

it('no trigger is made, taken away or switched', async () => {
  expect((await heard()).filter((statement) => /\bTRIGGER "/.test(statement))).toEqual([]);
});

it('all else stays as it is', () => {
  const statement = `ALTER TABLE "checkpoint" ADD COLUMN "notes" text`;
  expect(greenplumSql(statement)).toBe(statement);
  const own = `CREATE TABLE "migration" ("id" SERIAL NOT NULL)`;
  expect(greenplumSql(own)).toBe(own);
});
