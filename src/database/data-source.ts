/** One way to open a data source; entities and migrations are named by the composition root. */
import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { OperationalError, UserError } from '../errors';
import { breakUnreachable, KEEP_ALIVE } from './broken-connections';
import { prepareConnection } from './prepare-connection';
import { SnakeNaming } from './snake-naming';
import { poolOf } from './sql';

export interface DatabaseConnection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  tls?: boolean;
}

export type DatabaseTarget = { url: string } | DatabaseConnection;

export interface OpenDatabaseOptions {
  target: DatabaseTarget;
  // TypeORM's own option types ask for Function.
  entities: NonNullable<DataSourceOptions['entities']>;
  migrations: MixedList<NonNullable<Extract<DataSourceOptions['migrations'], unknown[]>>[number]>;
  poolSize?: number;
}

/** The first PostgreSQL whose SQL is used throughout. */
const OLDEST_POSTGRESQL = 12;
/** A server that does not answer within this is taken as unreachable. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * @throws OperationalError DATABASE_UNREACHABLE, UserError DATABASE_LOGIN_REFUSED,
 *   UserError DATABASE_UNSUPPORTED for a PostgreSQL older than 12
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    ...connectionOptions(options.target),
    entities: options.entities,
    migrations: options.migrations,
    migrationsTableName: 'migration',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    logging: false,
    poolSize: options.poolSize ?? 10,
    applicationName: 'assay',
    installExtensions: false,
    extra: {
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      onConnect: prepareConnection,
      ...KEEP_ALIVE,
    },
  });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw openError(error);
  }
  breakUnreachable(poolOf(dataSource));
  await refuseOldServer(dataSource);
  return dataSource;
}

function connectionOptions(target: DatabaseTarget) {
  if ('url' in target) return { url: target.url };
  const { host, port, user, password, database, tls } = target;
  return { host, port, username: user, password, database, ssl: tls ?? false };
}

/** Driver messages may hold the connection's address or user, so they stay in the cause, for the log. */
function openError(cause: unknown): Error {
  const code = (cause as { code?: string }).code ?? '';
  if (code.startsWith('28') || code === '3D000') {
    return new UserError(
      'DATABASE_LOGIN_REFUSED',
      'the PostgreSQL server refused the user, the password or the database name; check DATABASE_URL or the credentials file',
      { cause },
    );
  }
  return new OperationalError(
    'DATABASE_UNREACHABLE',
    `the PostgreSQL server does not answer${code ? ` (${code})` : ''}; check its address and that it runs`,
    { cause },
  );
}

async function refuseOldServer(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ version: string }[]>(
    `SELECT current_setting('server_version_num') AS version`,
  );
  const major = Math.floor(Number(row?.version) / 10_000);
  if (major >= OLDEST_POSTGRESQL) return;
  await dataSource.destroy();
  throw new UserError(
    'DATABASE_UNSUPPORTED',
    `the server is PostgreSQL ${major}; Assay needs ${OLDEST_POSTGRESQL} or newer`,
  );
}
