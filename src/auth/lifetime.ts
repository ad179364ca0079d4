/** How long a token is good for, as people write it. */
import { UserError } from '../errors';

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const MAX_DAYS = 3_650;

/**
 * @param text a whole number and a unit: 30m, 12h, 90d or 4w
 * @returns milliseconds
 * @throws UserError TOKEN_LIFETIME_INVALID
 */
export function parseLifetime(text: string): number {
  const [, amount, unit = ''] = /^([1-9]\d{0,6})([mhdw])$/.exec(text) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit] ?? NaN);
  if (ms <= MAX_DAYS * 86_400_000) return ms;
  throw new UserError(
    'TOKEN_LIFETIME_INVALID',
    `a token lives for a number of minutes, hours, days or weeks, such as 30m, 12h, 90d or 4w, at most ${MAX_DAYS}d`,
  );
}
