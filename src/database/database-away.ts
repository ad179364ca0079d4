/** Tells a database that is away, or a transaction that must be tried again, from a mistake of ours. */

/**
 * Sockets; then PostgreSQL's classes 08 (connection), 53 (no resources), 57P (shut down, starting), 25P03 (idle
 * for too long), 40 (rolled back for another's sake) and 55000 (a database that takes no connections for now).
 */
const PASSING =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|53...|57P0[1-5]|25P03|40...|55000)$/;
/** The driver gives these no code; TypeORM takes a transaction's connection back ("already released") when it breaks. */
const PASSING_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|connection timeout|not queryable|Connection ended|already released|Client was closed/i;

export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError, errors } = error as Error & {
    code?: unknown;
    driverError?: unknown;
    errors?: unknown;
  };
  if (typeof code === 'string' && PASSING.test(code)) return true;
  if (PASSING_MESSAGE.test(error.message)) return true;
  if (Array.isArray(errors) && errors.some(isDatabaseAway)) return true;
  return driverError !== error && isDatabaseAway(driverError ?? error.cause);
}
