/** One class against the rest: which samples lie where, so that resamples of them can be ranked without sorting. */
import { distinctScores } from './rank-counts';
import { slotsOf } from './score-slots';

/**
 * Samples by falling score. Each of the M distinct scores of positives has three runs: negatives above it
 * (and below the one before), negatives with just that score, positives with it; a last run has the
 * negatives below them all.
 */
export interface RankOrder {
  /** All n places. */
  order: Uint16Array | Uint32Array;
  /** Where each of the 3M first runs ends. */
  ends: Uint32Array;
}

/**
 * @param scores the class's score of each sample, no NaN
 * @param labels the true class indices
 * @param positives how many of the labels are `classIndex`; not 0
 * @param places what stands in `order` for each sample
 */
export function rankOrder(
  scores: Float64Array,
  labels: ArrayLike<number>,
  classIndex: number,
  positives: number,
  places: Uint32Array,
): RankOrder {
  const n = scores.length;
  const { thresholds } = distinctScores(scores, labels, classIndex, positives);
  const slotOf = slotsOf(thresholds, scores);
  const count = thresholds.length;
  const runs = new Uint32Array(n);
  const starts = new Uint32Array(3 * count + 2);
  for (let i = 0; i < n; i++) {
    const slot = slotOf(i);
    let run = 3 * (count - slot);
    // Past the last threshold this compares with undefined, which is equal to no score.
    if (thresholds[slot] === scores[i]) run -= labels[i] === classIndex ? 1 : 2;
    runs[i] = run;
    starts[run + 1] = (starts[run + 1] as number) + 1;
  }
  for (let run = 1; run < starts.length; run++) {
    starts[run] = (starts[run] as number) + (starts[run - 1] as number);
  }
  const ends = starts.slice(1, 3 * count + 1);
  // Two bytes where they do: half the memory to go through for each resample.
  const order = n <= 2 ** 16 ? new Uint16Array(n) : new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const run = runs[i] as number;
    const place = starts[run] as number;
    order[place] = places[i] as number;
    starts[run] = place + 1;
  }
  return { order, ends };
}
