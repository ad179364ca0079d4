/**
 * The kinds of errors, each with a stable code. Whatever is thrown and is not an AssayError is a bug:
 * it is logged whole under an id, and the caller reads "internal error" with that id.
 */

/** Who can mend it: the caller by another input, or the operator by mending the surroundings. */
export type ErrorKind = 'user' | 'operational';

export interface AssayErrorOptions {
  /** Facts for a program to read, safe to show to the caller. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

export abstract class AssayError extends Error {
  abstract readonly kind: ErrorKind;
  readonly details: Record<string, unknown>;

  /**
   * @param code stable, SCREAMING_SNAKE_CASE; once published it does not change its meaning
   * @param message what is wrong and what to do next, safe to show to the caller
   */
  constructor(
    readonly code: string,
    message: string,
    options: AssayErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }
}

/** The input is wrong: the same call fails again until the caller changes it. */
export class UserError extends AssayError {
  readonly kind = 'user';
}

/** The surroundings are wrong (database, disk, network): the same call may pass later. */
export class OperationalError extends AssayError {
  readonly kind = 'operational';
}

/** A message of any thrown value, for logs and for wrapping. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A short name of any thrown value without what its message tells: its code, else its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? String(code) : error.name;
}
