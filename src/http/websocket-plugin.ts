/** The WebSocket server under Fastify: sizes, protocol, and how it ends. */
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import type { WebSocketServer } from 'ws';
import type { WebSocketLimits } from './http-limits';
import { HttpRefusal } from './http-refusal';

/** For clients to answer our closing message before their sockets are cut. */
const CLOSE_ANSWER_MS = 250;
const GOING_AWAY = 1001;

export async function registerWebSockets(
  fastify: FastifyInstance,
  limits: WebSocketLimits,
): Promise<void> {
  await fastify.register(websocket, {
    options: {
      maxPayload: limits.websocketMessageBytes,
      // Compression would let a small frame unpack into a large one.
      perMessageDeflate: false,
      handleProtocols,
    },
    errorHandler(error, socket, request) {
      // On a client's breach of protocol ws answers with the matching close code itself.
      if ('code' in error && String(error.code).startsWith('WS_ERR_')) {
        request.log.info({ code: error.code }, 'websocket refused a message');
        return;
      }
      request.log.error({ err: error }, 'websocket failed');
      socket.terminate();
    },
    preClose(done) {
      closeSockets(fastify.websocketServer);
      done();
    },
  });
}

/** @throws HttpRefusal TOO_MANY_CONNECTIONS */
export function checkConnectionCount(fastify: FastifyInstance, limits: WebSocketLimits): void {
  const max = limits.websocketConnections;
  const found = fastify.websocketServer.clients.size + 1;
  if (found <= max) return;
  throw new HttpRefusal(
    503,
    'TOO_MANY_CONNECTIONS',
    `Too many WebSockets: at most ${max} allowed (websocketConnections), this would be ${found}. Try again later.`,
    { limit: 'websocketConnections', max, found },
  );
}

function closeSockets(server: WebSocketServer): void {
  const clients = [...server.clients];
  for (const client of clients) client.close(GOING_AWAY, 'The server is stopping');
  server.close();
  const timer = setTimeout(() => {
    for (const client of clients) client.terminate();
  }, CLOSE_ANSWER_MS);
  timer.unref();
}
