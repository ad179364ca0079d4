/** The times between which an export of everything reaches, to the microsecond, as the database keeps them. */
import type { EntityManager } from 'typeorm';
import { UserError } from '../errors';

const TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.(\d{1,6}))?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * @returns in UTC with microseconds
 * @throws UserError TIME_INVALID
 */
export function exportTime(text: string): string {
  const [, day, time, fraction = ''] = TIME.exec(text) ?? [];
  const at = new Date(time === undefined ? `${day ?? ''}T00:00:00Z` : text);
  if (day === undefined || Number.isNaN(at.getTime()) || at.getTime() < 0 || !isDay(day)) {
    throw new UserError(
      'TIME_INVALID',
      `"${text}" is no time from 1970 on: write it as 2026-01-31 (its beginning in UTC) or 2026-01-31T12:00:00Z`,
    );
  }
  // A Date holds milliseconds; the digits behind them are put back.
  const micros = fraction.padEnd(6, '0').slice(3);
  return `${at.toISOString().slice(0, -1)}${micros}Z`;
}

/** Date takes the 30th of February for a day in March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/**
 * Up to where everything is there for good. A row bears the time at which its transaction began, so the oldest
 * transaction that is still open may yet add rows from then on.
 */
export async function settledUntil(manager: EntityManager): Promise<string> {
  const [row] = await manager.query<{ until: string }[]>(
    `SELECT to_char(least(now(), min(xact_start)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS until
       FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  return row?.until ?? new Date().toISOString();
}
