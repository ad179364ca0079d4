/** The refusal of a checkpoint whose content is wrong, worded alike for every format. */
import { UserError } from '../../errors';

const LONGEST_QUOTE = 120;

/** @param reason what was found and what was expected, as the end of a sentence without its full stop */
export function checkpointInvalid(
  reason: string,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): UserError {
  return new UserError('CHECKPOINT_INVALID', `The checkpoint is refused: ${reason}.`, options);
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
