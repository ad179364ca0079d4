/** What the doctor says of one matter. */
import { AssayError, messageOf } from '../errors';

export type FindingState = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  /** What was looked at, in a word or two. */
  check: string;
  state: FindingState;
  /** What was found; of what is not well also what to do. */
  message: string;
}

/** A check's answer without its name. */
export type Answer = Pick<Finding, 'state' | 'message'>;

export const ok = (message: string): Answer => ({ state: 'ok', message });
export const warning = (message: string): Answer => ({ state: 'warning', message });
export const failed = (message: string): Answer => ({ state: 'failed', message });
export const skipped = (message: string): Answer => ({ state: 'skipped', message });

/** Runs a check; what it throws is what it has found. */
export async function finding(
  check: string,
  look: () => Answer | Promise<Answer>,
): Promise<Finding> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    return { check, ...failed(wordsFor(error)) };
  }
}

export function wordsFor(error: unknown): string {
  return error instanceof AssayError ? `${error.code}: ${error.message}` : messageOf(error);
}
