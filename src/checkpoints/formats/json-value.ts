/** Narrowing of parsed JSON that nobody has checked yet. */
import { quoted } from './checkpoint-invalid';

const MAX_SHOWN_ITEMS = 8;

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined where the bytes are not UTF-8 or not JSON; a byte order mark is ignored */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether it is a whole number in low…high. */
export function isWhole(value: unknown, low: number, high: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high;
}

/**
 * A whole number, or the decimal text that protobuf's JSON makes of 64-bit ones; NaN for all else, be it a text that
 * one reader takes for 16 and another for 0, or an object whose own toString is no function.
 */
export function decimalOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? Number(value) : Number.NaN;
}

/** A value for a message. What is nested is not printed: it may be deeper than the stack. */
export function shownJson(value: unknown): string {
  if (!Array.isArray(value)) return shownItem(value);
  const items = value.slice(0, MAX_SHOWN_ITEMS).map(shownItem);
  return `[${[...items, ...(value.length > MAX_SHOWN_ITEMS ? ['…'] : [])].join(', ')}]`;
}

function shownItem(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'an object';
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
