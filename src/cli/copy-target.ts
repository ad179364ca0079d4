/** The database that results are copied to: from a credentials file or an address without a password. */
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { readDatabaseCredentials, resolveVaultPassword } from '../config/credentials';
import { type DatabaseTarget, openDatabase } from '../database/data-source';
import { migrate } from '../database/migrate';
import { type SchemaState, schemaStateOf } from '../database/schema-state';
import { ENTITIES } from '../entities';
import { AssayError, OperationalError, UserError } from '../errors';
import { asking } from './credentials-target';
import type { CommandIo } from './output/command-io';

const PASSWORD_VARIABLE = 'ASSAY_TARGET_PASSWORD';

/**
 * Opened, with our schema: an empty database gets it, an older one where `update` says so.
 *
 * @param to a file sealed by Ansible Vault, or postgres://user@host:port/database
 * @throws UserError EXPORT_TARGET_INVALID, EXPORT_TARGET_FOREIGN, EXPORT_TARGET_OLDER, EXPORT_TARGET_NEWER,
 *   EXPORT_TARGET_IS_SOURCE; as `openDatabase` and the credentials reader say
 */
export async function openCopyTarget(
  io: CommandIo,
  to: string,
  source: DataSource,
  update: boolean,
): Promise<DataSource> {
  const dataSource = await open(await targetOf(io, to));
  try {
    await refuseSource(source, dataSource);
    const state = await schemaStateOf(dataSource);
    if (state === 'empty' || (state === 'older' && update)) {
      const names = await migrate(dataSource);
      io.stderr.write(`The target's schema: ran ${names.length} migrations.\n`);
    } else if (state !== 'current') throw refused(state);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function targetOf(io: CommandIo, to: string): Promise<DatabaseTarget> {
  if (/^postgres(ql)?:\/\//.test(to)) return { url: withPassword(to) };
  return readDatabaseCredentials({
    file: path.resolve(to),
    vaultPassword: await asking(io, (terminal) => resolveVaultPassword(process.env, terminal)),
  });
}

function withPassword(to: string): string {
  if (!URL.canParse(to)) throw invalid('it is no address like postgres://user@host:5432/database');
  const url = new URL(to);
  if (url.password !== '' || url.searchParams.has('password')) {
    throw invalid(
      `a password in an argument can be read by others on this machine. Set ${PASSWORD_VARIABLE}, or seal the ` +
        'connection with "assay credentials init --file NAME" and say --to NAME. Change the password that was shown',
    );
  }
  const password = process.env[PASSWORD_VARIABLE];
  if (password) url.password = encodeURIComponent(password);
  return url.href;
}

async function open(target: DatabaseTarget): Promise<DataSource> {
  try {
    return await openDatabase({ target, entities: ENTITIES, migrations: MIGRATIONS, poolSize: 2 });
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    const Kind = error instanceof OperationalError ? OperationalError : UserError;
    throw new Kind(error.code, `--to: ${error.message}`, { cause: error });
  }
}

/** A lock of one session is seen by the other only in the same database. */
async function refuseSource(source: DataSource, target: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    const [{ key }] = (await runner.query(`SELECT (random() * 2147483647)::int AS key`)) as [
      { key: number },
    ];
    await runner.query('SELECT pg_advisory_xact_lock($1, $1)', [key]);
    const [{ free }] = await target.query<[{ free: boolean }]>(
      'SELECT pg_try_advisory_xact_lock($1, $1) AS free',
      [key],
    );
    if (free) return;
    throw new UserError(
      'EXPORT_TARGET_IS_SOURCE',
      '--to names the database that is copied from: name another one',
    );
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

function refused(state: Exclude<SchemaState, 'empty' | 'current'>): UserError {
  switch (state) {
    case 'foreign':
      return new UserError(
        'EXPORT_TARGET_FOREIGN',
        "the target holds tables that are not Assay's, and was left as it is: name an empty database, or one that Assay made",
      );
    case 'older':
      return new UserError(
        'EXPORT_TARGET_OLDER',
        'the target lacks migrations that this database has. Say --migrate to run them there, once whoever uses it can bear it',
      );
    case 'newer':
      return new UserError(
        'EXPORT_TARGET_NEWER',
        'the target was migrated by a newer Assay than this one: copy with that version',
      );
  }
}

function invalid(why: string): UserError {
  return new UserError('EXPORT_TARGET_INVALID', `--to: ${why}`);
}
