/** The interval between two percentiles of resampled values, and its reflection. */
import type { Interval } from './interval';

/**
 * The (1 − level)/2 and (1 + level)/2 quantiles: of R values the p-quantile is the (R + 1)·p-th smallest,
 * linear between neighbours, no further out than the smallest and largest. A value drawn anew lies below it
 * with probability p exactly; numpy's default, which is (R − 1)·p + 1, makes intervals of 300 resamples
 * miss half a percent too often. Values that are NaN stand for resamples where the figure is undefined and
 * are left out; where more of them are than the interval may miss, 1 − level, there is no interval: null.
 * Source: B. Efron, the percentile method, 1979; A. C. Davison & D. V. Hinkley, "Bootstrap Methods", 1997,
 * 5.3.1; R. J. Hyndman & Y. Fan, 1996, definition 6.
 */
export function percentileInterval(values: Float64Array, level: number): Interval | null {
  // NaN sorts to the end.
  const sorted = Float64Array.from(values).sort();
  let defined = sorted.length;
  while (defined > 0 && Number.isNaN(sorted[defined - 1])) defined--;
  if (defined === 0 || sorted.length - defined > (1 - level) * sorted.length) return null;
  const quantile = (share: number): number => {
    const place = Math.min(Math.max(share * (defined + 1), 1), defined) - 1;
    const below = Math.floor(place);
    const low = sorted[below] as number;
    const high = sorted[Math.min(below + 1, defined - 1)] as number;
    return low + (high - low) * (place - below);
  };
  return { low: quantile((1 - level) / 2), high: quantile((1 + level) / 2) };
}

/**
 * The percentile interval reflected at the observed value: 2 · observed − its ends, within 0…1. Where
 * resampling moves a figure to one side, as noise has moved the observed one before, it goes back by that
 * and not on. null as `percentileInterval`.
 * Source: A. C. Davison & D. V. Hinkley, 1997, 5.2.1 (the basic bootstrap).
 */
export function basicInterval(
  values: Float64Array,
  observed: number,
  level: number,
): Interval | null {
  const percentiles = percentileInterval(values, level);
  if (percentiles === null) return null;
  const within = (end: number): number => Math.min(1, Math.max(0, 2 * observed - end));
  return { low: within(percentiles.high), high: within(percentiles.low) };
}
