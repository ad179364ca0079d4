/** Lets uploads take longer than Node allows a request as a whole; the headers stay under their limit. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

type ClientErrorListener = (error: NodeJS.ErrnoException, socket: Socket) => void;

/**
 * Node has one requestTimeout a server, and tells of it as a `clientError` once a request, on which Fastify
 * answers 408 and closes. For an upload that word is not passed on: its own limit is on idleness.
 *
 * @returns a function that says whether a socket is receiving an upload
 */
export function exemptFromRequestTimeout(
  server: Server,
): (socket: Socket, isExempt: boolean) => void {
  const exempt = new WeakSet<Socket>();
  const listeners = server.listeners('clientError') as ClientErrorListener[];
  server.removeAllListeners('clientError');
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && exempt.has(socket)) return;
    for (const listener of listeners) listener.call(server, error, socket);
  });
  return (socket, isExempt) => {
    if (isExempt) exempt.add(socket);
    else exempt.delete(socket);
  };
}
