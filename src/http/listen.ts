/** Binds the server to its address, and says what to do where that fails. */
import { lookup } from 'node:dns/promises';
import { type AddressInfo, isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { OperationalError } from '../errors';

export interface ListenOptions {
  /** An address or a name; `localhost` means 127.0.0.1, so that one socket is bound. */
  host: string;
  /** 0 takes a free port. */
  port: number;
}

/**
 * What a name in the configuration stands for, so that who may call is decided on the address that is bound.
 *
 * @returns an address
 * @throws OperationalError HOST_NOT_AVAILABLE
 */
export async function addressOf({ host, port }: ListenOptions): Promise<string> {
  if (host === 'localhost') return '127.0.0.1';
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw named(error, host, port);
  }
}

/**
 * @returns the address that was bound
 * @throws OperationalError PORT_IN_USE, PORT_NOT_PERMITTED, HOST_NOT_AVAILABLE
 */
export async function listenAt(
  fastify: FastifyInstance,
  { host, port }: ListenOptions,
): Promise<AddressInfo> {
  try {
    await fastify.listen({ host: await addressOf({ host, port }), port });
  } catch (error) {
    throw named(error, host, port);
  }
  const address = fastify.server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('a TCP server has an address with a port');
  }
  return address;
}

/** @returns the address to open in a browser on this machine */
export function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function named(error: unknown, host: string, port: number): unknown {
  const options = { cause: error, details: { host, port } };
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'EADDRINUSE':
      return new OperationalError(
        'PORT_IN_USE',
        `Port ${port} on ${host} is in use. Choose another one with PORT=${port === 65_535 ? port - 1 : port + 1}, or PORT=0 for any free port.`,
        options,
      );
    case 'EACCES':
      return new OperationalError(
        'PORT_NOT_PERMITTED',
        `This user may not listen on port ${port} of ${host}. Choose one above 1023 with PORT=4000.`,
        options,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new OperationalError(
        'HOST_NOT_AVAILABLE',
        `This machine has no address ${host}. Choose one of its own with HOST=127.0.0.1, or HOST=0.0.0.0 for all.`,
        options,
      );
    default:
      return error;
  }
}
