/** One GET to the store of a service, and what its status means. */
import http from 'node:http';
import https from 'node:https';
import { OperationalError, UserError } from '../errors';

export interface StoreAddress {
  /** Without user, password, query and a slash at its end: it may be shown. */
  url: string;
  /** Sent as Authorization: Bearer; a service on this machine's loopback needs none. */
  token?: string | undefined;
}

export interface StoreRequest {
  path: string;
  /** The first byte that is wanted. */
  from?: number;
  /** Nothing heard for so long ends it, also while it connects. */
  idleMs: number;
  signal: AbortSignal;
}

/** @throws UserError STORE_ADDRESS_INVALID */
export function parseStoreAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (isPlain) return url.href.replace(/\/+$/, '');
  // What was given is not repeated: it may hold a password.
  throw new UserError(
    'STORE_ADDRESS_INVALID',
    'the address of the service must look like https://host:4000, without user, password and query; the token goes into ASSAY_TOKEN or --token-file',
  );
}

/**
 * Redirects are not followed: the token is for this address alone.
 *
 * @returns an answer of 200, 206 or 416, whose body must be read or destroyed
 * @throws OperationalError STORE_ACCESS_DENIED, STORE_FILE_MISSING; Error for what may pass soon
 */
export async function askStore(
  { url, token }: StoreAddress,
  request: StoreRequest,
): Promise<http.IncomingMessage> {
  const response = await send(new URL(url + request.path), request, {
    // The very bytes are wanted, not packed ones.
    'accept-encoding': 'identity',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(request.from && { range: `bytes=${request.from}-` }),
  });
  const { statusCode = 0 } = response;
  if ([200, 206, 416].includes(statusCode)) return response;
  response.destroy();
  if (statusCode === 401 || statusCode === 403) {
    throw new OperationalError(
      'STORE_ACCESS_DENIED',
      `${url} refuses this worker's token (${statusCode}); make one there with "assay token create --role worker" and start the worker with it`,
      { details: { status: statusCode } },
    );
  }
  if (statusCode === 404) {
    throw new OperationalError(
      'STORE_FILE_MISSING',
      `${url} does not have a file that the run needs; --api must name a service that works on the same database and data folder`,
    );
  }
  throw new Error(`it answered ${statusCode}`);
}

function send(
  url: URL,
  { idleMs, signal }: StoreRequest,
  headers: Record<string, string>,
): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    // A connection of its own: none that went stale between two files is met.
    const outgoing = request(url, { headers, signal, agent: false, timeout: idleMs });
    outgoing.once('timeout', () => {
      outgoing.destroy(new Error(`nothing came for ${idleMs / 1000} s`));
    });
    outgoing.once('response', resolve).on('error', reject);
    outgoing.end();
  });
}
