/** Brings the database's schema up to date: one process at a time, each migration in a transaction. */
import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { UserError } from '../errors';
import { greenplumSql } from './greenplum-sql';
import { provideRandomUuid } from './random-uuid';
import { refuseNewerDatabase } from './schema-version';
import { serverKindOf } from './server-kind';

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
    await provideRandomUuid(dataSource);
    const done = await withExecutor(dataSource, (executor) => executor.executePendingMigrations());
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
    await withExecutor(dataSource, (executor) => executor.undoLastMigration());
    const after = await ranMigrations(dataSource);
    return before.filter((name) => !after.includes(name));
  });
}

/** TypeORM's own, on a runner that speaks as the server does. */
async function withExecutor<T>(
  dataSource: DataSource,
  work: (executor: MigrationExecutor) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    if ((await serverKindOf(runner)) === 'greenplum') speakGreenplum(runner);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    return await work(executor);
  } finally {
    await runner.release();
  }
}

/** Every statement from now on is said as Greenplum takes it. */
function speakGreenplum(runner: QueryRunner): void {
  const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<unknown>;
  runner.query = ((statement: string, ...more: unknown[]) => {
    const said = greenplumSql(statement);
    return said === undefined ? Promise.resolve([]) : query(said, ...more);
  }) as QueryRunner['query'];
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
