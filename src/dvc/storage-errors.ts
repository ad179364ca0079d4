/** What can go wrong with disks and remotes, in words and codes. */
import { errorCode, reasonOf } from '../datasets/files/errno';
import { AssayError, OperationalError } from '../errors';

/** No room, or none left for this user. */
const NO_ROOM = ['ENOSPC', 'EDQUOT'];

export function corrupt(what: string, reason: string): OperationalError {
  return new OperationalError(
    'DVC_CORRUPT',
    `${what} does not have the bytes that it is named after: ${reason}. Nothing of it was kept; have it pushed again from a good copy.`,
    { details: { what, reason } },
  );
}

/** What a failed write is told as; ours and an interruption pass as they are. */
export function writeFailure(target: string, error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof AssayError || signal?.aborted) return error;
  const code = errorCode(error);
  if (code !== undefined && NO_ROOM.includes(code)) return noRoomAt(target, error, ` (${code})`);
  return new OperationalError(
    'DVC_WRITE_FAILED',
    `${target} can't be written: ${reasonOf(error)}. Mend that and run the command again: finished files are kept.`,
    { details: { target }, cause: error },
  );
}

export function noRoomAt(target: string, cause: unknown, why = ''): OperationalError {
  return new OperationalError(
    'DVC_DISK_FULL',
    `There is no room for ${target}${why}. Nothing half-written was left there; free some space and run the command again: finished files are kept.`,
    { details: { target }, cause },
  );
}

export function isNoRoom(error: unknown): boolean {
  return NO_ROOM.includes(errorCode(error) ?? '');
}
