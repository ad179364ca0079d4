/** What the edge knows about a request when the context of its operation is made. */
import type { Logger } from 'pino';
import type { Caller } from '../auth/caller';

/** The part of a logger that request handling uses: pino's and Fastify's both have it. */
export type RequestLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export interface RequestInfo {
  /** In the log lines and in the x-request-id header; the caller's own where it looks like one. */
  requestId: string;
  transport: 'http' | 'websocket';
  caller: Readonly<Caller>;
  log: RequestLog;
}

/**
 * Called once for each HTTP operation, and over WebSocket once for each operation and once more for
 * each event of a subscription, so that loaders never serve what they read before an event.
 */
export type CreateContext<TContext> = (info: RequestInfo) => TContext | Promise<TContext>;
