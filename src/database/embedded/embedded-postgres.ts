/** The embedded PostgreSQL: a real server of our own, for machines on which none is installed. */
import { escapeIdentifier, type Client } from 'pg';
import { messageOf, OperationalError } from '../../errors';
import { chooseAccount } from './account';
import { locateBinaries } from './binaries';
import { hasCluster, MAJOR_VERSION, openHome, readPassword } from './home';
import { createCluster, SUPERUSER } from './initdb';
import { KeptServer } from './kept-server';
import { holdProcess, HOST } from './lease';
import { bringUp, leaveServer } from './server';

export interface EmbeddedPostgresOptions {
  /** The folder for data, log and password; made where it is missing. One server serves one folder. */
  dataDir: string;
  /** Made where it is missing. "assay" when not given. */
  database?: string;
  /** Told what happens, a sentence each. Never holds the password. */
  log?: (message: string) => void;
  /** Where given, a server that dies is started again; else whoever uses the connection hears of its end. */
  keepUp?: {
    /** Told where it listens then: as a rule on the same port. */
    onRestart: (port: number) => void;
    /** Told when it has died, and when it could not be started, a sentence each. */
    onTrouble: (message: string) => void;
  };
}

export interface EmbeddedPostgresConnection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export interface EmbeddedPostgres {
  readonly connection: EmbeddedPostgresConnection;
  /** True when the server ran already: another process started it, or one that was killed left it. */
  readonly adopted: boolean;
  /**
   * Leaves the server; the last process to leave stops it. Close your own connections first: an open one
   * counts as somebody who still needs the server. Safe to call twice.
   */
  stop(): Promise<void>;
}

/**
 * Starts the folder's server, or joins the one that runs: any number of processes may do so at once.
 * Everything committed before a kill -9 of any or all of them is there again after the next start.
 * @throws OperationalError EMBEDDED_POSTGRES_UNAVAILABLE, _VERSION, _FOLDER_NOT_EMPTY, _FORBIDDEN,
 *   _PASSWORD_MISSING, _INIT_FAILED, _START_FAILED, _ADOPTION_FAILED or _DATABASE_FAILED (same prefix)
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { database = 'assay', log = () => undefined } = options;
  const home = await openHome(options.dataDir);
  const found = await hasCluster(home);
  const account = await chooseAccount(home);
  const binaries = await locateBinaries(account, home);
  if (!found) {
    log(`Making a new PostgreSQL ${MAJOR_VERSION} database in ${home.dataDir}`);
    await createCluster(home, binaries, account);
  }
  const server = await bringUp(home, binaries, account);
  const adopted = server.child === undefined;
  log(`PostgreSQL ${adopted ? 'already runs' : 'runs'} on ${HOST}:${server.port}`);
  let password: string;
  try {
    password = await readPassword(home);
    await ensureDatabase(server.lease, database);
  } catch (error) {
    await leaveServer(home, server);
    throw error;
  }
  // The lease alone shall not keep a process alive that forgets to stop.
  holdProcess(server.lease, false);

  const kept =
    options.keepUp &&
    new KeptServer(server, {
      bringUp: (port) => bringUp(home, binaries, account, port),
      ...options.keepUp,
    });
  const leave = async (): Promise<void> => {
    const others = await leaveServer(home, (await kept?.release()) ?? server);
    log(
      others === 0
        ? 'PostgreSQL stopped'
        : `PostgreSQL keeps running for ${others} other connection(s)`,
    );
  };
  let leaving: Promise<void> | undefined;
  return {
    connection: { host: HOST, port: server.port, user: SUPERUSER, password, database },
    adopted,
    stop: () => (leaving ??= leave()),
  };
}

async function ensureDatabase(lease: Client, database: string): Promise<void> {
  const { rowCount } = await lease.query('SELECT 1 FROM pg_database WHERE datname = $1', [
    database,
  ]);
  if (rowCount !== 0) return;
  try {
    await lease.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
  } catch (error) {
    // Another process made it between our two statements.
    const again = await lease.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (again.rowCount !== 0) return;
    throw new OperationalError(
      'EMBEDDED_POSTGRES_DATABASE_FAILED',
      `The database "${database}" could not be made (${messageOf(error)}). Is the disk full?`,
      { cause: error },
    );
  }
}
