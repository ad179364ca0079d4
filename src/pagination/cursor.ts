/** Cursors: where an item stands in an order, as text that callers hand back and need not understand. */
import { UserError } from '../errors';
import { looksLikeUuid } from '../uuid';

/** An item's place: the value that orders it, and the id that decides among equal values. */
export interface Position<Id extends string | number = string> {
  /** null where the item has none; those come last. */
  value: number | null;
  id: Id;
}

/** @param order the name of the order and its direction: a cursor means nothing in another one */
export function encodeCursor(order: string, { value, id }: Position<string | number>): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/**
 * @param order as it was encoded
 * @param isId what ids of this list look like; nothing else gets to the database
 * @throws UserError INVALID_CURSOR for what was not given out for this order
 */
export function decodeCursor<Id extends string | number>(
  cursor: string,
  order: string,
  isId: (id: unknown) => id is Id,
): Position<Id> {
  const [of, value, id, ...more] = parts(cursor);
  if (more.length > 0 || typeof of !== 'string' || !isValue(value) || !isId(id)) {
    throw invalidCursor('it is none that this service gave out');
  }
  if (of !== order) throw invalidCursor('it belongs to another order of the list');
  return { value, id };
}

export function invalidCursor(reason: string): UserError {
  return new UserError(
    'INVALID_CURSOR',
    `the cursor is not valid: ${reason}; take it from "pageInfo" or "edges" of an answer in the same order`,
  );
}

export function isUuid(id: unknown): id is string {
  return typeof id === 'string' && looksLikeUuid(id);
}

export function isIndex(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 0;
}

function isValue(value: unknown): value is number | null {
  return value === null || Number.isFinite(value);
}

function parts(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
