/** Tells system errors and PostgreSQL's apart by their code. */

/** Any error with a code, or with one of those named. By shape: errors cross realms (test runners, workers). */
export function isNodeError(error: unknown, ...codes: string[]): error is Error & { code: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    (codes.length === 0 || codes.includes(error.code))
  );
}
