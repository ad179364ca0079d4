/** One HTTP GET whose raw body arrives in pieces; it never waits for ever and follows few redirects. */
import http from 'node:http';
import https from 'node:https';

export interface HttpTimeouts {
  /** From the request to the head of the answer, redirects included. */
  connectTimeoutMs: number;
  /** Between two pieces of the body. */
  idleTimeoutMs: number;
  /** For everything: a sender of one byte a second is given up too. */
  totalTimeoutMs: number;
}

export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  connectTimeoutMs: 5_000,
  idleTimeoutMs: 20_000,
  // 30 MB in half an hour are 17 kB/s.
  totalTimeoutMs: 30 * 60_000,
};

const MAX_REDIRECTS = 5;

/**
 * node:http rather than fetch: fetch unpacks what a server labels `Content-Encoding: gzip`, which some do with
 * .gz files, and then the bytes are not the published ones.
 * @param onHead told the announced length, before the first piece
 * @param onPiece told each piece; what it throws ends the request
 * @param stop gives up when aborted
 * @throws Error with a message that reads on after "<address>: "
 */
export async function httpGet(
  address: URL,
  timeouts: HttpTimeouts,
  onHead: (announcedBytes: number | undefined) => void,
  onPiece: (piece: Buffer) => Promise<void>,
  stop?: AbortSignal,
): Promise<void> {
  const deadline = createDeadline(timeouts.totalTimeoutMs);
  const signal = stop === undefined ? deadline.signal : AbortSignal.any([deadline.signal, stop]);
  let response: http.IncomingMessage | undefined;
  try {
    deadline.within(timeouts.connectTimeoutMs, 'no answer');
    response = await follow(address, signal);
    deadline.within(timeouts.idleTimeoutMs, 'nothing more came');
    const announced = Number(response.headers['content-length'] ?? NaN);
    onHead(Number.isSafeInteger(announced) ? announced : undefined);
    for await (const piece of response as AsyncIterable<Buffer>) {
      await onPiece(piece);
      deadline.within(timeouts.idleTimeoutMs, 'nothing more came');
    }
  } catch (error) {
    throw deadline.missed() ?? error;
  } finally {
    deadline.end();
    response?.destroy();
  }
}

async function follow(address: URL, signal: AbortSignal): Promise<http.IncomingMessage> {
  let current = address;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await request(current, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return response;
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
      throw new Error(`the server answered ${statusCode} ${response.statusMessage ?? ''}`.trim());
    }
    const next = URL.canParse(headers.location, current.href)
      ? new URL(headers.location, current)
      : undefined;
    if (next === undefined || !['http:', 'https:'].includes(next.protocol)) {
      throw new Error('the server redirects to an address that is neither http nor https');
    }
    if (current.protocol === 'https:' && next.protocol === 'http:') {
      throw new Error('the server redirects from https to http');
    }
    current = next;
  }
  throw new Error(`the server redirects more than ${MAX_REDIRECTS} times`);
}

function request(address: URL, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { get } = address.protocol === 'https:' ? https : http;
  // A connection of its own for each request: nothing stays open behind a finished download.
  const options = { agent: false, signal, headers: { 'accept-encoding': 'identity' } };
  return new Promise((resolve, reject) => {
    get(address, options, resolve).on('error', reject);
  });
}

/** A signal that aborts when the total time or the current step's time is over. */
function createDeadline(totalMs: number) {
  const controller = new AbortController();
  let missed: Error | undefined;
  const after = (ms: number, what: string) =>
    setTimeout(() => {
      missed ??= new Error(`${what} within ${ms / 1000} s`);
      controller.abort(missed);
    }, ms);
  const total = after(totalMs, 'not complete');
  let step: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    missed: () => missed,
    within(ms: number, what: string): void {
      clearTimeout(step);
      step = after(ms, what);
    },
    end(): void {
      clearTimeout(step);
      clearTimeout(total);
    },
  };
}
