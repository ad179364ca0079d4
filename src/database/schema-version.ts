/**
 * Which programs a database is fit for, so that old workers and a migrated database understand each other for one
 * version: a migration only adds what the last version can do without, and what it still uses goes a version later.
 */
import type { DataSource, QueryRunner } from 'typeorm';
import { UserError } from '../errors';

/**
 * What this program needs of a database and can do without. It grows by one with each version that stops to use
 * something which a later migration takes away; that migration then calls `requireProgram` with it.
 */
export const SCHEMA_VERSION = 2;

/** As for workers elsewhere: one that was not heard of for this long does not count any more. */
const SILENT_AFTER_SECONDS = 7;

/**
 * For migrations that take something away: from now on programs of a lower SCHEMA_VERSION are turned away. Its down()
 * calls it with the number of before.
 *
 * @throws UserError MIGRATION_WORKERS_TOO_OLD while such a program evaluates: it would fail in the middle of its work
 */
export async function requireProgram(runner: QueryRunner, schemaVersion: number): Promise<void> {
  const old = (await runner.query(
    `SELECT host, pid, version FROM worker
      WHERE schema_version < $1 AND heartbeat_at > now() - interval '${SILENT_AFTER_SECONDS} s' ORDER BY host, pid`,
    [schemaVersion],
  )) as { host: string; pid: number; version: string | null }[];
  if (old.length > 0) {
    const names = old.map(({ host, pid, version }) => `${host} ${pid} (${version ?? 'unknown'})`);
    throw new UserError(
      'MIGRATION_WORKERS_TOO_OLD',
      `${old.length} workers that live are too old for the next schema: ${names.slice(0, 10).join(', ')}; stop them, migrate, and start them with this version`,
    );
  }
  await runner.query('DELETE FROM schema_requirement');
  await runner.query('INSERT INTO schema_requirement (oldest_program) VALUES ($1)', [
    schemaVersion,
  ]);
}

/** @returns 1 where the database is from before it was written down */
export async function oldestProgram(dataSource: DataSource): Promise<number> {
  const [table] = await dataSource.query<{ name: string | null }[]>(
    `SELECT to_regclass('schema_requirement') AS name`,
  );
  if (!table?.name) return 1;
  const [row] = await dataSource.query<{ oldest: number }[]>(
    'SELECT max(oldest_program) AS oldest FROM schema_requirement',
  );
  return row?.oldest ?? 1;
}

/** @throws UserError DATABASE_TOO_NEW where a newer version has taken away what this program uses */
export async function refuseNewerDatabase(dataSource: DataSource): Promise<void> {
  const oldest = await oldestProgram(dataSource);
  if (oldest <= SCHEMA_VERSION) return;
  throw new UserError(
    'DATABASE_TOO_NEW',
    `the database was migrated by a newer version of Assay and needs programs of schema version ${oldest} or newer, and this one is of ${SCHEMA_VERSION}; update it, or take the database back with that newer version ("assay migrate --revert")`,
    { details: { needed: oldest, own: SCHEMA_VERSION } },
  );
}
