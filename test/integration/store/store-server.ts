/** A store that answers as a test tells it to, well or badly, and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse, turn: number) => void;

export interface StoreServer {
  url: string;
  asked: { path: string; range: string | undefined; authorization: string | undefined }[];
  close(): Promise<void>;
}

/** @param answer told which request this is, from 0 */
export async function startStore(answer: Answer): Promise<StoreServer> {
  const asked: StoreServer['asked'] = [];
  const server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    asked.push({ path: request.url ?? '', range, authorization });
    answer(request, response, asked.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Sends the bytes as a good store does, from where they are asked for. @param cutAfter breaks the connection there */
export function sendBytes(bytes: Buffer, cutAfter = Infinity): Answer {
  return ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(headers.range === undefined ? 200 : 206, {
      'content-length': bytes.length - from,
      ...(headers.range !== undefined && {
        'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
      }),
    });
    const piece = bytes.subarray(from, from + cutAfter);
    if (cutAfter >= bytes.length - from) response.end(piece);
    else response.write(piece, () => setTimeout(() => response.destroy(), 20));
  };
}
