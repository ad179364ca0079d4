/**
 * A lease: one open connection by which a process says that it uses the server. The last to give its
 * lease back stops the server; a process that is killed gives it back by dying.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { messageOf, OperationalError } from '../../errors';
import { clusterName, readPassword, type Home } from './home';
import { SUPERUSER } from './initdb';
import { isNodeError } from './node-error';

export const HOST = '127.0.0.1';

/** Any number, the same in every Assay: who holds this lock decides between staying and stopping. */
const LEAVE_LOCK = 4_155_417_982;
/** A connection that was closed shows for some milliseconds more; this long we look again. */
const LINGER_MS = 400;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * SQLSTATE 57P01 to 57P03 and class 08: the server starts up, shuts down, or went away under us;
 * 53300: too many connections just now.
 */
const PASSING = /^(57P0[1-3]|08...|53300)$/;

/**
 * @returns undefined when the server is not (or no more) there: look again
 * @throws OperationalError EMBEDDED_POSTGRES_ADOPTION_FAILED when what listens is not this cluster
 */
export async function takeLease(home: Home, port: number): Promise<Client | undefined> {
  const client = new Client({
    host: HOST,
    port,
    user: SUPERUSER,
    password: await readPassword(home),
    database: 'postgres',
    application_name: 'assay lease',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ssl: false,
  });
  // A server that goes away must not end this process; whoever queries it will hear of it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Waits while another process, holding the lock, stops the server; then this connection breaks.
    await client.query('SELECT pg_advisory_lock($1)', [LEAVE_LOCK]);
    await client.query('SELECT pg_advisory_unlock($1)', [LEAVE_LOCK]);
    const { rows } = await client.query<{ name: string }>(
      `SELECT current_setting('cluster_name') AS name`,
    );
    const found = rows[0]?.name ?? '';
    const expected = await clusterName(home);
    if (found !== expected && found !== '') throw new Error(`it calls itself ${found}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isPassing(error)) return undefined;
    throw new OperationalError(
      'EMBEDDED_POSTGRES_ADOPTION_FAILED',
      `A server listens on ${HOST}:${port}, as ${home.cluster}/postmaster.pid says, but is not the one of this ` +
        `folder (${messageOf(error)}). If the folder is a copy of another, remove that file and start again.`,
      { details: { port }, cause: error },
    );
  }
}

/**
 * Gives the lease back.
 * @param stopServer called, with the lock held, when nobody else is connected: no one can come in
 *   between and find the server gone a moment later
 * @returns how many other connections keep the server running, 0 when it was stopped, undefined when the
 *   lease was lost before (the server, or one of its processes, had crashed)
 */
export async function giveBack(
  lease: Client,
  stopServer: () => Promise<void>,
): Promise<number | undefined> {
  holdProcess(lease, true);
  let others: number;
  try {
    await lease.query('SELECT pg_advisory_lock($1)', [LEAVE_LOCK]);
    others = await othersAfterLinger(lease);
  } catch {
    await lease.end().catch(() => undefined);
    return undefined;
  }
  try {
    if (others === 0) await stopServer();
  } finally {
    await lease.end().catch(() => undefined);
  }
  return others;
}

/** Whether the open lease alone keeps this process alive. (The type declarations lack both methods.) */
export function holdProcess(lease: Client, hold: boolean): void {
  const socket = lease as Client & { ref(): void; unref(): void };
  if (hold) socket.ref();
  else socket.unref();
}

async function othersAfterLinger(lease: Client): Promise<number> {
  const end = Date.now() + LINGER_MS;
  for (;;) {
    const { rows } = await lease.query<{ others: number }>(
      `SELECT count(*)::int AS others FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    const others = rows[0]?.others ?? 0;
    if (others === 0 || Date.now() > end) return others;
    await sleep(20);
  }
}

function isPassing(error: unknown): boolean {
  if (isNodeError(error)) {
    return PASSING.test(error.code) || isNodeError(error, 'ECONNREFUSED', 'ECONNRESET', 'EPIPE');
  }
  return /Connection terminated|timeout expired/.test(messageOf(error));
}
