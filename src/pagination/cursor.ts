/** Cursors: the key of the item that a page ends at, in a form that clients hand back as it is. */
import { UserError } from '../errors';

export type CursorKey = readonly (string | number | null)[];

/** No key of ours is longer; what is longer is not looked into. */
const MAX_LENGTH = 1_000;

/**
 * @param list names the list and its order: the key means nothing elsewhere
 * @param key what the order of the list goes by, down to something unique
 */
export function encodeCursor(list: string, key: CursorKey): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/** @throws UserError INVALID_CURSOR where it is none of this list in this order */
export function decodeCursor(list: string, cursor: string): CursorKey {
  const [from, ...key] = partsOf(cursor);
  if (from === list && key.every(isKeyPart)) return key;
  throw invalidCursor();
}

/** For a list that finds a key of the right form to mean nothing. */
export function invalidCursor(): UserError {
  return new UserError(
    'INVALID_CURSOR',
    'the cursor is none of this list in this order: hand back endCursor or startCursor of a page as it was ' +
      'given, with the same order and direction, or begin without one',
  );
}

function partsOf(cursor: string): unknown[] {
  if (cursor.length > MAX_LENGTH) return [];
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function isKeyPart(part: unknown): part is CursorKey[number] {
  return part === null || typeof part === 'string' || typeof part === 'number';
}
