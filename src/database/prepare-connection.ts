/** What each new connection gets, so that neither side waits for hours for one that was cut off. */
import type { ClientBase } from 'pg';
import { socketOf } from './broken-connections';

/** Who ends a connection waits so long for the other side to do so too. */
const FAREWELL_MS = 2_000;
const ANSWER_MS = 5_000;
/**
 * The server asks a silent connection after 5 s and ends it after three questions without an answer; one on which
 * something was sent and not confirmed, after as long. By default that takes two hours, or a quarter of one, and
 * all the while its place and its locks are taken. Where its platform can't do it the server says so in its log.
 */
const FORGET_THE_LOST = `
  SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false),
         set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20000', false)`;

/** Never rejects: a server that refuses, such as a pooler, keeps its own patience. */
export async function prepareConnection(client: ClientBase): Promise<void> {
  const socket = socketOf(client);
  // A socket that waits keeps its process alive.
  socket.once('finish', () => setTimeout(() => socket.destroy(), FAREWELL_MS).unref());
  await answeredInTime(client, client.query(FORGET_THE_LOST)).catch(() => undefined);
}

/** Breaks the connection on which no answer comes within 5 s: an orderly end would wait for the silent server. */
export async function answeredInTime<T>(client: ClientBase, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => socketOf(client).destroy(), ANSWER_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}
