/** The refusal of a checkpoint whose content is wrong, worded alike for every format. */
import { UserError } from '../../errors';

const LONGEST_QUOTE = 120;

/** Causes that a program may want to tell apart; CHECKPOINT_INVALID is every other one. */
export type CheckpointInvalidCode =
  | 'CHECKPOINT_INVALID'
  /** The bytes are no ONNX model, or not a whole one. */
  | 'ONNX_UNREADABLE'
  /** Not one image in and one row of scores out. */
  | 'ONNX_NOT_A_CLASSIFIER'
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
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  // JSON leaves DEL, C1 controls and the bidirectional marks as they are; a terminal obeys them.
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
