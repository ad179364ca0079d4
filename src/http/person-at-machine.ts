/** Tells the person at this machine, who needs no token, from everybody else. */
import type { FastifyRequest } from 'fastify';
import { isLoopbackAddress, isLoopbackName } from './host-check';

/** What proxies add. Behind one on this machine the whole world comes from the loopback. */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * The connection must come from the loopback to a server that is bound to nothing else. A request under a
 * name of allowed_hosts, or with the marks of a proxy, may come from anywhere all the same.
 */
export function isPersonAtMachine(request: FastifyRequest, isBoundToLoopback: boolean): boolean {
  const { headers, raw } = request;
  return (
    isBoundToLoopback &&
    isLoopbackAddress(raw.socket.remoteAddress ?? '') &&
    isLoopbackName(headers.host) &&
    FORWARDING_HEADERS.every((name) => headers[name] === undefined)
  );
}
