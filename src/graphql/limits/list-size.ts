/** The check of a list's size argument, for resolvers. */
import { UserError } from '../../errors';
import { limitError } from './limits';

export interface ListSizeRule {
  /** The argument's name as the caller wrote it. */
  argument: string;
  /** Items at most. */
  max: number;
  /** Taken where the caller gives none; `max` where this is not set. */
  fallback?: number;
}

/**
 * @returns the number of items to read, 1 to max
 * @throws UserError LIST_SIZE_INVALID below 1, LIST_TOO_LONG above max
 */
export function checkListSize(size: number | null | undefined, rule: ListSizeRule): number {
  const { argument, max } = rule;
  const items = size ?? rule.fallback ?? max;
  if (!Number.isInteger(items) || items < 1) {
    throw new UserError(
      'LIST_SIZE_INVALID',
      `${argument} must be a whole number from 1 to ${max}, not ${items}.`,
      { details: { argument, min: 1, max, found: items } },
    );
  }
  if (items > max) {
    throw limitError({
      code: 'LIST_TOO_LONG',
      limit: argument,
      max,
      found: items,
      what: 'The list is longer than one answer may be',
      advice: 'Ask for it page by page.',
    });
  }
  return items;
}
