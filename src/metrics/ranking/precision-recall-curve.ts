/** The precision-recall curve of one class against the rest, thinned. */
import type { RankCounts } from './rank-counts';

/** A step: its precision holds from the recall of the point before (0 for the first) to its own. */
export interface PrecisionRecallPoint {
  recall: number;
  precision: number;
  /** Scores from here on count as the class. */
  threshold: number;
}

/** At most this many points come back, and one more. */
const STEPS = 400;

/**
 * Steps by growing recall; null where the class has no samples or all. Steps that end within the same 1/400
 * of recall become one, whose precision is their mean, weighted by their width: the area, which is the
 * average precision, stays the same but for rounding. With fewer than 400 samples of the class nothing is
 * merged.
 */
export function precisionRecallCurve(counts: RankCounts): PrecisionRecallPoint[] | null {
  const { positives, negatives, thresholds, hits, ties, between } = counts;
  if (positives === 0 || negatives === 0) return null;
  const points: PrecisionRecallPoint[] = [];
  let found = 0;
  let wrong = 0;
  let merged = 0;
  let area = 0;
  for (let j = thresholds.length - 1; j >= 0; j--) {
    const own = hits[j] as number;
    found += own;
    wrong += (between[j + 1] as number) + (ties[j] as number);
    merged += own;
    area += own * (found / (found + wrong));
    const next = found + (hits[j - 1] ?? positives);
    if (Math.ceil((found * STEPS) / positives) === Math.ceil((next * STEPS) / positives)) continue;
    points.push({
      recall: found / positives,
      precision: area / merged,
      threshold: thresholds[j] as number,
    });
    merged = 0;
    area = 0;
  }
  return points;
}
