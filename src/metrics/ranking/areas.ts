/** ROC AUC and average precision of one class against the rest. */
import type { RankCounts } from './rank-counts';

/**
 * The probability that a random sample of the class scores above a random one of the rest, ties counting
 * half: Σ hits · (negatives below + ties / 2) / (positives · negatives). It is the area under the ROC
 * curve. null where the class has no samples or all.
 * Source: J. A. Hanley & B. J. McNeil, 1982; sklearn.metrics.roc_auc_score.
 */
export function rocAuc({ positives, negatives, hits, ties, between }: RankCounts): number | null {
  if (positives === 0 || negatives === 0) return null;
  let below = 0;
  let pairs = 0;
  // Halves of whole numbers: exact up to 2^52 pairs.
  for (let j = 0; j < hits.length; j++) {
    below += between[j] as number;
    const tied = ties[j] as number;
    pairs += (hits[j] as number) * (below + tied / 2);
    below += tied;
  }
  return pairs / positives / negatives;
}

/**
 * Σ over thresholds, from the highest, of (recall − recall before) · precision: the step-wise area under
 * the precision-recall curve, without interpolation. null where the class has no samples or all, as ROC
 * AUC.
 * Source: sklearn.metrics.average_precision_score.
 */
export function averagePrecision(counts: RankCounts): number | null {
  const { positives, negatives, hits, ties, between } = counts;
  if (positives === 0 || negatives === 0) return null;
  let found = 0;
  let wrong = 0;
  let area = 0;
  for (let j = hits.length - 1; j >= 0; j--) {
    const own = hits[j] as number;
    found += own;
    wrong += (between[j + 1] as number) + (ties[j] as number);
    area += own * (found / (found + wrong));
  }
  return area / positives;
}
