/** One class against the rest: how the scores of its samples lie among those of the others. */
import { slotsOf } from './score-slots';

/**
 * Everything that ROC and precision-recall curves depend on. Between two scores of positives the order of
 * the negatives makes no difference, so only the positives (1/K of the samples) are sorted.
 */
export interface RankCounts {
  positives: number;
  negatives: number;
  /** The M distinct scores of positives, ascending. */
  thresholds: Float64Array;
  /** Positives with exactly that score (M). */
  hits: Uint32Array;
  /** Negatives with exactly that score (M). */
  ties: Uint32Array;
  /** Negatives below the first threshold, between two neighbours, and above the last (M + 1). */
  between: Uint32Array;
}

/**
 * @param scores the class's score of each sample, no NaN
 * @param labels the true class indices
 * @param positives how many of the labels are `classIndex`
 */
export function rankCounts(
  scores: Float64Array,
  labels: ArrayLike<number>,
  classIndex: number,
  positives: number,
): RankCounts {
  const { thresholds, hits } = distinctScores(scores, labels, classIndex, positives);
  const ties = new Uint32Array(thresholds.length);
  const between = new Uint32Array(thresholds.length + 1);
  const slotOf = slotsOf(thresholds, scores);
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] === classIndex) continue;
    const slot = slotOf(i);
    // Past the last threshold this compares with undefined, which is equal to no score.
    if (thresholds[slot] === scores[i]) ties[slot] = (ties[slot] as number) + 1;
    else between[slot] = (between[slot] as number) + 1;
  }
  return { positives, negatives: scores.length - positives, thresholds, hits, ties, between };
}

/** The distinct scores of the class's samples, ascending, and how many have each; parameters as above. */
export function distinctScores(
  scores: Float64Array,
  labels: ArrayLike<number>,
  classIndex: number,
  positives: number,
): Pick<RankCounts, 'thresholds' | 'hits'> {
  const sorted = new Float64Array(positives);
  for (let i = 0, next = 0; i < scores.length; i++) {
    if (labels[i] === classIndex) sorted[next++] = scores[i] as number;
  }
  sorted.sort();
  const hits = new Uint32Array(sorted.length);
  // In place: the next distinct score never lies before the place that it is written to.
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    const score = sorted[i] as number;
    if (last < 0 || score !== sorted[last]) sorted[++last] = score;
    hits[last] = (hits[last] as number) + 1;
  }
  return { thresholds: sorted.subarray(0, last + 1), hits: hits.subarray(0, last + 1) };
}
