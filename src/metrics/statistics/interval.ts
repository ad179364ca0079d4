/** What every interval of ours is. */
import { UserError } from '../../errors';

/** Both ends belong to it. */
export interface Interval {
  low: number;
  high: number;
}

export const DEFAULT_LEVEL = 0.95;

/** @throws UserError CONFIDENCE_LEVEL_INVALID unless `level` lies strictly between 0 and 1 */
export function checkLevel(level: number): void {
  if (level > 0 && level < 1) return;
  throw new UserError(
    'CONFIDENCE_LEVEL_INVALID',
    `A confidence level lies between 0 and 1, as 0.95 does; ${level} does not.`,
    { details: { level: String(level) } },
  );
}
