/** The interval of a proportion: of accuracy, of recall, of any share of independent samples. */
import { checkLevel, DEFAULT_LEVEL, type Interval } from './interval';
import { normalQuantile } from './normal-quantile';

/**
 * (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n), within 0…1; null where `total` is 0. It holds its
 * level near 0 and 1 too, where p̂ ± z·√(p̂(1 − p̂)/n) shrinks to a point.
 * Source: E. B. Wilson, 1927; statsmodels' proportion_confint(method='wilson').
 *
 * @param hits of `total` samples, whole
 * @throws UserError CONFIDENCE_LEVEL_INVALID
 */
export function wilsonInterval(
  hits: number,
  total: number,
  level: number = DEFAULT_LEVEL,
): Interval | null {
  checkLevel(level);
  if (total === 0) return null;
  const z = normalQuantile(0.5 + level / 2);
  const share = hits / total;
  const scale = 1 + (z * z) / total;
  const centre = share + (z * z) / (2 * total);
  const half = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return {
    // At 0 and at all hits the end is exactly 0 or 1, which rounding would miss.
    low: hits === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: hits === total ? 1 : Math.min(1, (centre + half) / scale),
  };
}
