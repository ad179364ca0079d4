/** Ends the server: in peace within a time limit, by force after it. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { RequestLog } from '../graphql/request-info';

/**
 * @returns a function that stops accepting, closes idle connections, waits for running requests and
 *   after `closeTimeoutMs` cuts off what still runs
 */
export function shutDownOf(
  fastify: FastifyInstance,
  closeTimeoutMs: number,
  log: RequestLog,
): () => Promise<void> {
  // Node's own closeAllConnections() forgets a socket once it asked for an upgrade.
  const sockets = new Set<Socket>();
  fastify.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  let isClosing = false;
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    // Else the connection of a request that outlives the call of close() is kept alive for the next one.
    if (isClosing) void reply.header('connection', 'close');
    done();
  });

  return async () => {
    isClosing = true;
    const timer = setTimeout(() => {
      log.warn({ closeTimeoutMs, connections: sockets.size }, 'connections were cut off');
      for (const socket of sockets) socket.destroy();
    }, closeTimeoutMs);
    try {
      await fastify.close();
    } finally {
      clearTimeout(timer);
    }
  };
}
