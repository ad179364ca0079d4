/** Whose tables a database has: ours, at which migration, or somebody else's. */
import type { DataSource } from 'typeorm';
import { pendingMigrations, ranMigrations, unknownMigrations } from './migrate';

/** newer: with migrations that this version does not know. */
export type SchemaState = 'empty' | 'foreign' | 'older' | 'current' | 'newer';

const NO_SUCH_COLUMN = '42703';

export async function schemaStateOf(dataSource: DataSource): Promise<SchemaState> {
  const ran = await ranHere(dataSource);
  if (ran === undefined) return 'foreign';
  if (ran.length === 0) return (await hasTables(dataSource)) ? 'foreign' : 'empty';
  const unknown = unknownMigrations(dataSource, ran).length;
  if (unknown === ran.length) return 'foreign';
  if (unknown > 0) return 'newer';
  return pendingMigrations(dataSource, ran).length > 0 ? 'older' : 'current';
}

/** @returns nothing where the table of migrations is another program's */
async function ranHere(dataSource: DataSource): Promise<string[] | undefined> {
  try {
    return await ranMigrations(dataSource);
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_SUCH_COLUMN) return undefined;
    throw error;
  }
}

/** What extensions bring along does not count, nor the table of migrations that have all been taken back. */
async function hasTables(dataSource: DataSource): Promise<boolean> {
  const found = await dataSource.query<object[]>(
    `SELECT 1 FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND c.relname <> 'migration'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      LIMIT 1`,
  );
  return found.length > 0;
}
