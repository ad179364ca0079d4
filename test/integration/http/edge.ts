/** Starts the real server on a free port, and speaks to it as good and bad clients do. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import pino from 'pino';
import { WebSocket } from 'ws';
import type { Authenticator } from '../../../src/auth/token-authenticator';
import { Unauthenticated } from '../../../src/auth/unauthenticated';
import type { ServiceLimits } from '../../../src/http/http-limits';
import {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from '../../../src/http/http-server';
import { type EdgeContext, edgeSchema } from './edge-schema';

export interface GraphQLAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  data: Record<string, unknown> | null | undefined;
  errors: AnsweredError[];
}

export interface AnsweredError {
  message: string;
  path?: (string | number)[];
  extensions: {
    code: string;
    kind?: string;
    errorId?: string;
    details?: Record<string, unknown>;
    fields?: { path: string; message: string }[];
  };
}

export interface Edge {
  server: HttpServer;
  url: string;
  port: number;
  logLines: Record<string, unknown>[];
  post: (query: string, variables?: unknown, operationName?: string) => Promise<GraphQLAnswer>;
}

/** What the edge's own authenticator lets in. */
export const EDGE_TOKEN = `assay_${'e'.repeat(43)}`;

/** Stands in for the database of tokens: what is tested here is what lies before it. */
export const edgeAuthenticator: Authenticator = {
  authenticate: (token) =>
    token === EDGE_TOKEN
      ? Promise.resolve({ tokenId: 'edge', name: 'edge', role: 'admin', expiresAt: null })
      : Promise.reject(new Unauthenticated('unknown')),
  recheck: () => Promise.resolve(),
};

let contexts = 0;

export async function startEdge(
  limits: Partial<ServiceLimits> = {},
  options: Partial<HttpServerOptions<EdgeContext>> & { host?: string } = {},
): Promise<Edge> {
  const logLines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line: string) => logLines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const { host = '127.0.0.1', ...overrides } = options;
  const server = await createHttpServer<EdgeContext>({
    schema: await edgeSchema(),
    createContext: ({ requestId, transport }) => ({
      requestId,
      transport,
      serial: (contexts += 1),
    }),
    authenticator: edgeAuthenticator,
    limits,
    checkReadiness: () => Promise.resolve(),
    log,
    ...overrides,
  });
  const { url, port } = await server.listen({ host, port: 0 });
  return {
    server,
    url,
    port,
    logLines,
    post: (query, variables, operationName) =>
      send(port, {
        body: JSON.stringify({ query, variables, operationName }),
        headers: { 'content-type': 'application/json' },
      }),
  };
}

export interface RawRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer | undefined;
}

/** One request on a connection of its own; unlike fetch it sends any header. */
export function send(port: number, raw: RawRequest): Promise<GraphQLAnswer> {
  return new Promise((resolve, reject) => {
    const { method = 'POST', path = '/graphql', headers = {}, body } = raw;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...length, ...headers },
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        const parsed = (isJson && text !== '' ? JSON.parse(text) : {}) as Partial<GraphQLAnswer>;
        const { data, errors = [] } = parsed;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          data,
          errors,
        });
      });
    });
    request.end(body);
  });
}

export interface SocketMessage {
  type: string;
  id?: string;
  payload?: unknown;
}

/** A WebSocket spoken to message by message, so that tests can break the protocol. */
export class RawSocket {
  readonly received: SocketMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly waiting: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString('utf8')) as SocketMessage);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
      });
    });
    // A breach of protocol is reported as an error too; the tests look at the close code.
    socket.on('error', () => undefined);
  }

  /** @throws with the HTTP status where the upgrade is refused */
  static open(port: number, headers: Record<string, string> = {}): Promise<RawSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
      headers,
    });
    const raw = new RawSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => {
        resolve(raw);
      });
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`refused with ${response.statusCode ?? 0}`));
        socket.terminate();
      });
      socket.once('error', reject);
    });
  }

  static async ready(port: number): Promise<RawSocket> {
    const raw = await RawSocket.open(port);
    raw.send({ type: 'connection_init' });
    await raw.next((message) => message.type === 'connection_ack');
    return raw;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables?: unknown): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** The first message, already received or yet to come, that fits; it is taken out of `received`. */
  async next(fits: (message: SocketMessage) => boolean): Promise<SocketMessage> {
    for (;;) {
      const index = this.received.findIndex(fits);
      const [message] = index === -1 ? [] : this.received.splice(index, 1);
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The errors with which an operation was refused. */
  async errorsOf(id: string): Promise<AnsweredError[]> {
    const message = await this.next((candidate) => candidate.id === id);
    expect(message.type).toBe('error');
    return message.payload as AnsweredError[];
  }
}

/** Waits until `holds` does; the deadline is jest's. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
