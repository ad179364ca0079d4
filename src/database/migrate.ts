/** Brings the database's schema up to date: one process at a time, each migration in a transaction. */
import type { DataSource } from 'typeorm';
import { UserError } from '../errors';
import { refuseNewerDatabase } from './schema-version';

/** Any constant serves; it only must not change, or two versions would migrate side by side. */
const MIGRATION_LOCK = 4_702_111_237;

/**
 * A database that a newer version has migrated is left as it is, where this program can work with it.
 *
 * @param prepareQueue makes or updates the tables that the queue keeps for itself, under the same lock
 * @returns the names of the migrations that ran
 * @throws UserError DATABASE_TOO_NEW; MIGRATION_WORKERS_TOO_OLD, with the migrations before that one done
 */
export async function migrate(
  dataSource: DataSource,
  prepareQueue: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  return locked(dataSource, async () => {
    await refuseNewerDatabase(dataSource);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    await prepareQueue();
    return done.map((migration) => migration.name);
  });
}

/**
 * Takes the newest migration back.
 *
 * @returns its name, or nothing where none has run
 * @throws UserError MIGRATION_UNKNOWN where a newer version has made it
 */
export async function revertLast(dataSource: DataSource): Promise<string[]> {
  return locked(dataSource, async () => {
    const before = await ranMigrations(dataSource);
    const [newer] = unknownMigrations(dataSource, before);
    if (newer !== undefined) {
      throw new UserError(
        'MIGRATION_UNKNOWN',
        `this version of Assay does not know the migration ${newer}; take it back with the version that made it`,
      );
    }
    await dataSource.undoLastMigration({ transaction: 'each' });
    const after = await ranMigrations(dataSource);
    return before.filter((name) => !after.includes(name));
  });
}

async function locked<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  // A session lock holds on one connection, so the lock has a runner of its own.
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
  }
}

/** Those of a newer version, the newest first. @param ran as `ranMigrations` says */
export function unknownMigrations(dataSource: DataSource, ran: readonly string[]): string[] {
  const known = knownMigrations(dataSource);
  return ran.filter((name) => !known.includes(name)).reverse();
}

/** Those that the database lacks. @param ran as `ranMigrations` says */
export function pendingMigrations(dataSource: DataSource, ran: readonly string[]): string[] {
  return knownMigrations(dataSource).filter((name) => !ran.includes(name));
}

function knownMigrations(dataSource: DataSource): string[] {
  return dataSource.migrations.map(({ name }) => name ?? '');
}

/** The names of those that the database says have run, the oldest first. */
export async function ranMigrations(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ name: string | null }[]>(
    `SELECT to_regclass('migration') AS name`,
  );
  // On an empty database there is not even the table yet.
  if (!table?.name) return [];
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migration ORDER BY id');
  return rows.map(({ name }) => name);
}
