/** One WebSocket: carries messages between the socket and graphql-ws, and drops clients that are gone. */
import type { FastifyRequest } from 'fastify';
import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { WebSocketLimits } from './http-limits';
import type { RequestAccess } from './request-access';
import { type ConnectionExtra, watchToken } from './websocket-access';

/** A client that reads so slowly that this much waits for it is dropped, or it would fill our memory. */
const MAX_UNSENT_BYTES = 8 * 2 ** 20;

export function serveWebSocket(
  server: Server<ConnectionExtra>,
  access: RequestAccess,
  socket: WebSocket,
  request: FastifyRequest,
  limits: WebSocketLimits,
): void {
  const startedAt = performance.now();
  const extra: ConnectionExtra = {
    request,
    operationCount: 0,
    close: (code, reason) => {
      socket.close(code, reason);
    },
  };
  const stopPinging = pingRegularly(socket, limits.websocketPingMs);
  const stopWatching = watchToken(access, extra, limits.websocketTokenCheckMs);

  const fail = (err: unknown): void => {
    // A send that a disconnect cut off is no failure of ours.
    if (socket.readyState !== socket.OPEN) return;
    request.log.error({ err }, 'websocket message failed');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  };

  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) => sendWithin(socket, data),
      close: extra.close,
      onMessage: (receive) => {
        socket.on('message', (data: Buffer) => {
          receive(data.toString('utf8')).catch(fail);
        });
      },
    },
    extra,
  );

  socket.once('close', (code, reason) => {
    stopPinging();
    stopWatching();
    const ms = Math.round(performance.now() - startedAt);
    request.log.info({ path: '/graphql', code, ms }, 'websocket closed');
    closed(code, reason.toString('utf8')).catch((err: unknown) => {
      request.log.error({ err }, 'websocket operations did not end cleanly');
    });
  });
}

/** Resolves when the message is on its way, so that a subscription waits for its reader. */
function sendWithin(socket: WebSocket, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
    if (socket.readyState !== socket.OPEN) {
      resolve();
      return;
    }
    socket.send(data, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function pingRegularly(socket: WebSocket, pingMs: number): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, pingMs);
  return () => {
    clearInterval(timer);
  };
}
