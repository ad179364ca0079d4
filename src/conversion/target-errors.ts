/** The refusals of a place to write to. */
import { quoted } from '../checkpoints/formats/checkpoint-invalid';
import { AssayError, OperationalError, UserError } from '../errors';

export function targetExists(place: string): UserError {
  return new UserError(
    'CONVERT_TARGET_EXISTS',
    `${quoted(place)} is there already: name another place, or replace it with --force.`,
  );
}

/** @param reason as the end of a sentence without its full stop */
export function targetOccupied(place: string, reason: string): UserError {
  return new UserError(
    'CONVERT_TARGET_OCCUPIED',
    `${quoted(place)} is not replaced, not by --force either: ${reason}. Name another place.`,
  );
}

/** Turns what the system says about a place into an error that says what to do. */
export async function guarded<T>(place: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof AssayError) throw error;
    const code = codeOf(error);
    if (code === 'EEXIST' || code === 'ENOTEMPTY') throw targetExists(place);
    throw new OperationalError(
      'CONVERT_NOT_WRITTEN',
      `The checkpoint could not be written to ${quoted(place)} (${code}): check that its parent folder is there ` +
        'and may be written to, and that the disk is not full.',
      { cause: error },
    );
  }
}

export function codeOf(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
