/** A real web server over a folder's objects, with the faults that a test asks for. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface ServerFaults {
  /** Breaks each connection after so many bytes of a body. */
  cutAfter?: number;
  ranges?: boolean;
  /** The Authorization header that is wanted. */
  authorization?: string;
  /** Answers a GET before this server does. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface ObjectServer {
  url: string;
  requests: string[];
  close(): Promise<void>;
}

export async function serveObjects(
  objects: Map<string, Buffer>,
  faults: ServerFaults = {},
): Promise<ObjectServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push(`${method} ${url} ${headers.range ?? ''}`.trim());
    if (faults.authorization !== undefined && headers.authorization !== faults.authorization) {
      request.resume();
      response.writeHead(401).end();
      return;
    }
    if (faults.intercept?.(request, response)) return;
    const name = url.replace('/store/', '');
    if (method === 'PUT') {
      void buffer(request).then((bytes) => {
        objects.set(name, bytes);
        response.writeHead(201).end();
      });
      return;
    }
    const bytes = objects.get(name);
    if (bytes === undefined) response.writeHead(404).end();
    else sendObject(request, response, bytes, faults);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/store`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  { ranges = true, cutAfter }: ServerFaults,
): void {
  const start = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
  const body = bytes.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': body.length,
    ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (request.method === 'HEAD') response.end();
  else if (cutAfter === undefined || body.length <= cutAfter) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => response.destroy());
}
