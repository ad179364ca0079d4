/** The refusal of a checkpoint whose content is wrong, worded alike for every format. */
import { UserError } from '../../errors';

/** Characters of one text out of the file, of one item of a list, and of a whole list. */
const LONGEST_QUOTE = 120;
const LONGEST_ITEM = 400;
const LONGEST_LIST = 1_400;
const MAX_LISTED = 20;
/** In the details of an error. */
const MAX_ITEMS = 200;
/** Of a text in JSON. */
const ESCAPE_OR_CHARACTER = /\\u[0-9a-f]{4}|\\.|[^\\]/gu;

/** Causes that a program may want to tell apart; CHECKPOINT_INVALID is every other one. */
export type CheckpointInvalidCode =
  | 'CHECKPOINT_INVALID'
  /** The bytes are no ONNX model, or not a whole one. */
  | 'ONNX_UNREADABLE'
  /** Not one image in and one row of scores out. */
  | 'ONNX_NOT_A_CLASSIFIER'
  /** The channels of its images may be the first axis or the last. */
  | 'ONNX_LAYOUT_AMBIGUOUS'
  /** An operator whose running time has no bound. */
  | 'ONNX_OPERATOR_FORBIDDEN'
  /** The manifest names a file elsewhere, or one that is no weight file. */
  | 'TFJS_PATH_FORBIDDEN'
  | 'TFJS_WEIGHTS_MISSING'
  /** Weight files that are shorter or longer than the manifest says. */
  | 'TFJS_WEIGHTS_LENGTH';

/** @param reason what was found and what was expected, as the end of a sentence without its full stop */
export function checkpointInvalid(
  reason: string,
  {
    code = 'CHECKPOINT_INVALID',
    ...options
  }: { code?: CheckpointInvalidCode; details?: Record<string, unknown>; cause?: unknown } = {},
): UserError {
  return new UserError(code, `The checkpoint is refused: ${reason}.`, options);
}

/** Text out of a checkpoint, made safe to print: quoted, control characters escaped, cut short. */
export function quoted(text: string): string {
  const safe = escaped(text.slice(0, LONGEST_QUOTE));
  if (safe.length <= LONGEST_QUOTE) return `"${safe}${text.length > LONGEST_QUOTE ? '…' : ''}"`;
  let shown = '';
  for (const [char] of safe.matchAll(ESCAPE_OR_CHARACTER)) {
    if (shown.length + char.length > LONGEST_QUOTE) break;
    shown += char;
  }
  return `"${shown}…"`;
}

/** JSON leaves DEL, C1 controls and the bidirectional marks as they are; a terminal obeys them. */
function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(
      /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/**
 * What a file makes as many of as it likes, for a message: the first 20 at most, and as many as fit into 1,400
 * characters; then how many more there are.
 *
 * @param items in words, text out of the file quoted
 */
export function listed(items: readonly string[], separator = '; '): string {
  let text = '';
  for (const [position, item] of items.entries()) {
    const next = `${position === 0 ? '' : separator}${shortened(item)}`;
    if (position === MAX_LISTED || text.length + next.length > LONGEST_LIST) {
      return `${text}${separator}and ${items.length - position} more`;
    }
    text += next;
  }
  return text;
}

/** The same list for the details of an error, where a program reads it: longer, and bounded too. */
export function itemized(items: readonly string[]): string[] {
  return items.slice(0, MAX_ITEMS).map(shortened);
}

function shortened(item: string): string {
  return item.length > LONGEST_ITEM ? `${item.slice(0, LONGEST_ITEM - 1)}…` : item;
}
