/** Headers that every answer carries, so that no page in a browser can do more with it than read it. */
import type { FastifyReply, FastifyRequest } from 'fastify';

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/**
 * For the page of Apollo Sandbox: its own <meta> policy names the CDN and the nonce of its scripts, and
 * a browser obeys both policies, so this one says only what a <meta> can't (frame-ancestors) and what
 * that one leaves open.
 */
export const SANDBOX_POLICY =
  "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'none'";

/**
 * For the page: its own scripts and styles, GraphQL and WebSockets to where it came from, and no other place.
 * Images that need a token are fetched and shown as blobs, charts are saved as such.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * For the explorer: its editor writes styles of its own, brings fonts inside of its styles and runs threads. Still nothing is loaded
 * from elsewhere, and no text becomes code.
 */
export const EXPLORER_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(HEADERS).header('x-request-id', request.id);
}
