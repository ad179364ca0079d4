/** One HTTP request with a time limit between any two signs of life; redirects keep secrets at home. */
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  body?: NodeJS.ReadableStream | undefined;
  signal: AbortSignal;
  /** PEM of the authorities to trust instead of the usual ones. */
  ca?: string | undefined;
  /** False where the headers hold for this address alone, as a signature does (default: true). */
  followsRedirects?: boolean;
}

const IDLE_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** @returns the answer to the last address, whatever its status; its body must be read or destroyed */
export async function sendHttp(request: HttpRequest): Promise<http.IncomingMessage> {
  let current = request;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await send(current);
    const { location } = response.headers;
    // A body was used up by the first address; and who redirects an upload is not who was asked to keep it.
    const mayFollow = request.body === undefined && request.followsRedirects !== false;
    const follows = mayFollow && REDIRECTS.includes(response.statusCode ?? 0);
    if (!follows || location === undefined) return response;
    response.destroy();
    current = { ...current, ...redirected(current, location) };
  }
  throw new Error(`the server redirects more than ${MAX_REDIRECTS} times`);
}

/** Without user, password and query, which may hold a token. */
export function addressOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function redirected(from: HttpRequest, location: string): Pick<HttpRequest, 'url' | 'headers'> {
  const url = URL.canParse(location, from.url.href) ? new URL(location, from.url) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('the server redirects to an address that is neither http nor https');
  }
  if (from.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new Error('the server redirects from https to http');
  }
  const { range } = from.headers;
  const elsewhere: Record<string, string> = range === undefined ? {} : { range };
  return { url, headers: url.origin === from.url.origin ? from.headers : elsewhere };
}

async function send(request: HttpRequest): Promise<http.IncomingMessage> {
  const { method, url, headers, body, signal, ca } = request;
  const client = url.protocol === 'https:' ? https : http;
  // No Accept-Encoding but identity: the object's own bytes are wanted.
  const options = {
    method,
    signal,
    agent: false,
    headers: { 'accept-encoding': 'identity', ...headers },
  };
  const outgoing = client.request(url, ca === undefined ? options : { ...options, ca });
  outgoing.setTimeout(IDLE_TIMEOUT_MS, () => {
    outgoing.destroy(new Error(`nothing came for ${IDLE_TIMEOUT_MS / 1000} s`));
  });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject);
  });
  if (body === undefined) {
    outgoing.end();
    return answered;
  }
  // Who answers before the end (401, 413) may close the connection; its answer says more than the broken pipe.
  const sent = pipeline(body, outgoing).catch((error: unknown) => {
    outgoing.destroy();
    throw error;
  });
  await Promise.race([answered, sent]);
  return answered;
}
