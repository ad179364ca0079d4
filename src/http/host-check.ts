/**
 * Which names a request may call us by, and which pages may open a WebSocket.
 *
 * A page of a foreign site can make its own name point at 127.0.0.1 (DNS rebinding) and then counts as
 * our own origin; the Host header still bears the foreign name.
 */
import type { FastifyRequest } from 'fastify';
import { HttpRefusal } from './http-refusal';

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const HOST_HEADER = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** @returns the name in a Host header or an allow-list, lower case and without the port */
export function hostName(host: string): string | undefined {
  return HOST_HEADER.exec(host)?.groups?.name?.toLowerCase().replace(/\.$/, '');
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./i.test(address);
}

/** Whether a Host header bears one of the loopback's own names. */
export function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_NAMES.includes(hostName(host) ?? '');
}

/**
 * @param allowedHosts names beside those of the loopback
 * @param onlyNamed refuse every name that is on neither list
 * @throws HttpRefusal HOST_NOT_ALLOWED
 */
export function checkHost(
  request: FastifyRequest,
  allowedHosts: readonly string[],
  onlyNamed: boolean,
): void {
  const header = request.headers.host;
  const name = header === undefined ? undefined : hostName(header);
  const isNamed =
    name !== undefined && (LOOPBACK_NAMES.includes(name) || allowedHosts.includes(name));
  if (isNamed || (name !== undefined && !onlyNamed)) return;
  throw new HttpRefusal(
    421,
    'HOST_NOT_ALLOWED',
    'This service does not answer to the name in the Host header. Use localhost, or add the name to allowed_hosts in config.yaml.',
  );
}

/**
 * Browsers let any page open a WebSocket to any address and say only in Origin whose page it is; uploads are
 * held to the same rule.
 * Clients that are no browsers send no Origin.
 *
 * @throws HttpRefusal ORIGIN_NOT_ALLOWED
 */
export function checkSameOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()) return;
  throw new HttpRefusal(
    403,
    'ORIGIN_NOT_ALLOWED',
    'This address is open to pages of this service only: the Origin header names another host.',
  );
}
