/** ROC AUC and average precision, averaged over the classes, of resamples that are drawn. */
import type { Predictions, SampleScores } from '../sample-scores';
import { PACKED, type TakeCounts } from '../statistics/resample-counts';
import type { Strata } from '../statistics/strata';
import { classColumns } from './class-columns';
import { supportOf } from './one-vs-rest';
import { type RankOrder, rankOrder } from './rank-order';
import { fourAreas, resampleAreas } from './resampled-areas';

/** One entry a resample; NaN where the scalar is undefined. */
export interface RankedValues {
  rocAucMacro: Float64Array;
  rocAucWeighted: Float64Array;
  averagePrecisionMacro: Float64Array;
}

/** Of `resamples` resamples, to be filled. */
export function rankedValues(resamples: number): RankedValues {
  return {
    rocAucMacro: new Float64Array(resamples),
    rocAucWeighted: new Float64Array(resamples),
    averagePrecisionMacro: new Float64Array(resamples),
  };
}

/** Each class that has samples and lacks some, put into order once: resamples only count. */
export function rankOrders(
  predictions: Predictions,
  scores: SampleScores,
  { order }: Strata,
): RankOrder[] {
  const { labels, sampleCount } = scores;
  const places = new Uint32Array(sampleCount);
  order.forEach((sample, place) => (places[sample] = place));
  const column = classColumns(predictions, scores);
  return [...supportOf(scores).entries()]
    .filter(([, positives]) => positives > 0 && positives < sampleCount)
    .map(([k, positives]) => rankOrder(column(k), labels, k, positives, places));
}

/** Fills `values` from resamples that are drawn. */
export function takeRanking(orders: readonly RankOrder[], values: RankedValues): TakeCounts {
  const { rocAucMacro, rocAucWeighted, averagePrecisionMacro } = values;
  const areas = fourAreas();
  const classes = new Float64Array(rocAucMacro.length);
  const members = new Float64Array(rocAucMacro.length);
  return (words, first) => {
    const last = Math.min(first + PACKED, rocAucMacro.length);
    for (const one of orders) {
      resampleAreas(one, words, areas);
      for (let r = first; r < last; r++) {
        const positives = areas.positives[r - first] as number;
        if (positives === 0 || positives === words.length) continue;
        const rocAuc = areas.rocAuc[r - first] as number;
        add(classes, r, 1);
        add(members, r, positives);
        add(rocAucMacro, r, rocAuc);
        add(rocAucWeighted, r, positives * rocAuc);
        add(averagePrecisionMacro, r, areas.averagePrecision[r - first] as number);
      }
    }
    // Where no class is defined, 0 / 0: NaN.
    for (let r = first; r < last; r++) {
      rocAucMacro[r] = (rocAucMacro[r] as number) / (classes[r] as number);
      rocAucWeighted[r] = (rocAucWeighted[r] as number) / (members[r] as number);
      averagePrecisionMacro[r] = (averagePrecisionMacro[r] as number) / (classes[r] as number);
    }
  };
}

function add(sums: Float64Array, index: number, term: number): void {
  sums[index] = (sums[index] as number) + term;
}
