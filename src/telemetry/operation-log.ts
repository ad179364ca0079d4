/** The log of the request in whose name something is done: its lines carry the request's id. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';

/** Pino's and Fastify's both have it. */
export type OperationLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const logs = new AsyncLocalStorage<OperationLog>();

export function withOperationLog<T>(log: OperationLog, work: () => T): T {
  return logs.run(log, work);
}

/** @param otherwise where nobody has asked over HTTP, such as for a command */
export function operationLog(otherwise: OperationLog): OperationLog {
  return logs.getStore() ?? otherwise;
}
