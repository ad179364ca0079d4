/** ROC AUC and average precision as means of a value that each sample has: their first-order expansions. */
import type { Predictions, SampleScores } from '../sample-scores';
import { classColumns } from './class-columns';
import { supportOf } from './one-vs-rest';
import { type RankOrder, rankOrder } from './rank-order';

/** One value a sample, whose mean is the scalar; NaN where it is undefined. */
export interface AreaExpansions {
  rocAucMacro: Float64Array;
  rocAucWeighted: Float64Array;
  averagePrecisionMacro: Float64Array;
  /**
   * How much larger the average precision of a resample is on average, by the terms of second order: a
   * sample that is drawn twice is found above itself. That of ROC AUC is 0.
   */
  averagePrecisionBias: number;
}

/**
 * The scalar plus n times its derivative by the sample's weight: the mean over a resample is the scalar of
 * the resample but for terms of second order, and the variance of a mean is that of the infinitesimal
 * jackknife.
 * The bias is half the sum of second derivatives.
 * Source: L. A. Jaeckel, 1972; B. Efron, "The Jackknife, the Bootstrap and Other Resampling Plans", 1982, 6.
 */
export function areaExpansions(predictions: Predictions, scores: SampleScores): AreaExpansions {
  const { labels, sampleCount: n } = scores;
  const support = supportOf(scores);
  const defined = [...support.keys()].filter((k) => {
    const positives = support[k] as number;
    return positives > 0 && positives < n;
  });
  const blank = (): Float64Array => new Float64Array(n).fill(defined.length > 0 ? 0 : NaN);
  const found = {
    rocAucMacro: blank(),
    rocAucWeighted: blank(),
    averagePrecisionMacro: blank(),
    averagePrecisionBias: 0,
  };
  const column = classColumns(predictions, scores);
  const places = Uint32Array.from(labels.keys());
  const rocAuc = new Float64Array(n);
  const averagePrecision = new Float64Array(n);
  const areas = new Float64Array(support.length);
  for (const k of defined) {
    const positives = support[k] as number;
    const order = rankOrder(column(k), labels, k, positives, places);
    const { area, bias } = expandClass(order, positives, rocAuc, averagePrecision);
    areas[k] = area;
    found.averagePrecisionBias += bias / defined.length;
    const share = positives / n;
    addTo(found.rocAucMacro, rocAuc, 1 / defined.length);
    addTo(found.rocAucWeighted, rocAuc, share);
    addTo(found.averagePrecisionMacro, averagePrecision, 1 / defined.length);
  }
  if (defined.length === 0) return found;
  // The classes' shares are resampled too: one more sample of a class draws the mean to that class's area.
  const weighted = defined.reduce(
    (sum, k) => sum + ((support[k] as number) / n) * (areas[k] as number),
    0,
  );
  for (let i = 0; i < n; i++) {
    found.rocAucWeighted[i] =
      (found.rocAucWeighted[i] as number) + (areas[labels[i] as number] as number) - weighted;
  }
  return found;
}

/** Writes one class's expansions, and gives its ROC AUC and the bias of its average precision. */
function expandClass(
  { order, ends }: RankOrder,
  positives: number,
  rocAuc: Float64Array,
  averagePrecision: Float64Array,
): { area: number; bias: number } {
  const n = order.length;
  const negatives = n - positives;
  let area = 0;
  let precision = 0;
  eachScore(ends, positives, ({ own, tied, found, wrong }) => {
    area += own * (negatives - wrong + tied / 2);
    precision += (own * found) / (found + wrong);
  });
  area /= positives * negatives;
  precision /= positives;

  const ofPositive = n / positives;
  const ofNegative = n / negatives;
  const set = (from: number, to: number, first: number, second: number): void => {
    for (let i = from; i < to; i++) {
      rocAuc[order[i] as number] = area + first;
      averagePrecision[order[i] as number] = precision + second;
    }
  };
  // How the positives below gain from one more positive above them, and lose by one more negative.
  let gain = 0;
  let loss = 0;
  // The same once more: second derivatives.
  let gainBend = 0;
  let lossBend = 0;
  let bends = 0;
  let gains = 0;
  set(ends.at(-1) as number, n, (1 - area) * ofNegative, 0);
  eachScore(ends, positives, ({ own, tied, found, wrong, start, end }) => {
    const all = found + wrong;
    gain += (own * wrong) / all ** 2;
    loss += (own * found) / all ** 2;
    gainBend -= (2 * own * wrong) / all ** 3;
    lossBend += (2 * own * found) / all ** 3;
    bends += own * ((2 * wrong) / all ** 2 + gainBend);
    bends += (end - own - start) * lossBend;
    gains += own * (found / all + gain);
    const share = (negatives - wrong + tied / 2) / negatives;
    set(end - own, end, (share - area) * ofPositive, (found / all + gain - precision) * ofPositive);
    const above = (found - own) / positives;
    const halfway = above + own / positives / 2;
    set(end - own - tied, end - own, (halfway - area) * ofNegative, -loss * ofPositive);
    set(start, end - own - tied, (above - area) * ofNegative, -loss * ofPositive);
  });
  const bias = (bends - (2 * gains) / positives + 2 * precision) / positives / 2;
  return { area, bias };
}

/** What there is of a score of positives, and at it and above (`found`, `wrong`). */
interface AtScore {
  own: number;
  tied: number;
  found: number;
  wrong: number;
  /** Its runs in the order: from the negatives above it to its positives. */
  start: number;
  end: number;
}

/** From the lowest score to the highest. */
function eachScore(ends: Uint32Array, positives: number, visit: (at: AtScore) => void): void {
  let found = positives;
  let wrong = (ends.at(-1) as number) - positives;
  for (let run = ends.length - 3; run >= 0; run -= 3) {
    const start = run === 0 ? 0 : (ends[run - 1] as number);
    const [above, ties, end] = [ends[run], ends[run + 1], ends[run + 2]] as [
      number,
      number,
      number,
    ];
    const own = end - ties;
    visit({ own, tied: ties - above, found, wrong, start, end });
    found -= own;
    wrong -= ties - start;
  }
}

function addTo(sums: Float64Array, values: Float64Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) {
    sums[i] = (sums[i] as number) + weight * (values[i] as number);
  }
}
