/** The id under which a request is found in the logs: the caller's own where it looks like one, else a new one. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** UUIDs, ULIDs, trace ids and what proxies make: nothing that a log or a header could take for more than a word. */
const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._=-]{15,127}$/;

export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID();
}
