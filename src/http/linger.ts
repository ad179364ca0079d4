/** Lets a client that is still sending read why it was refused. */
import type { FastifyRequest } from 'fastify';

/** After a refusal the rest of the body is thrown away for so long. */
const LINGER_MS = 2_000;

export function linger({ raw }: FastifyRequest): void {
  const { socket } = raw;
  if (raw.complete || socket.destroyed) return;
  raw.resume();
  const timer = setTimeout(() => {
    socket.destroy();
  }, LINGER_MS);
  const stop = (): void => {
    clearTimeout(timer);
  };
  raw.once('end', stop);
  socket.once('close', stop);
}
