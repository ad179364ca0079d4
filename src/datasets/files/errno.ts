/** Reads errors of Node's file system and network. */
import { messageOf } from '../../errors';

/**
 * The code, such as ENOENT. Not asked by `instanceof`: Node's errors come from another realm where a program
 * runs in a context of its own, as tests do.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** An AggregateError (all addresses of one host failed) has an empty message and a code. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (message !== '' && message !== 'AggregateError') return message;
  return errorCode(error) ?? 'no connection';
}
