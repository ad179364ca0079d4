/** Each class against the rest: ROC AUC, average precision and, on demand, the curves. */
import { probabilityColumn, type Predictions, type SampleScores } from '../sample-scores';
import { averagePrecision, rocAuc } from './areas';
import { precisionRecallCurve, type PrecisionRecallPoint } from './precision-recall-curve';
import { rankCounts } from './rank-counts';
import { rocCurve, type RocPoint } from './roc-curve';

/** null for a class without samples, and for one that has them all. */
export interface OneVsRest {
  rocAuc: {
    perClass: (number | null)[];
    /** The mean of the classes where it is defined; null where it is for none. */
    macro: number | null;
    /** The same, each class weighing as much as it has samples. */
    weighted: number | null;
  };
  averagePrecision: { perClass: (number | null)[]; macro: number | null };
}

export interface ClassCurves {
  roc: RocPoint[] | null;
  precisionRecall: PrecisionRecallPoint[] | null;
}

/**
 * Ranks the samples by each class's probability in turn.
 * Source: sklearn.metrics.roc_auc_score and average_precision_score of one class against the rest, averaged
 * over the classes that occur.
 *
 * @param onClass is given each class's curves, where curves are wanted
 */
export function oneVsRest(
  predictions: Predictions,
  scores: SampleScores,
  onClass?: (curves: ClassCurves, classIndex: number) => void,
): OneVsRest {
  const { classCount, sampleCount, labels } = scores;
  const support = new Uint32Array(classCount);
  for (const label of labels) support[label] = (support[label] as number) + 1;
  const column = new Float64Array(sampleCount);
  const areas: (number | null)[] = [];
  const precisions: (number | null)[] = [];
  for (const [k, positives] of support.entries()) {
    if (positives === 0 || positives === sampleCount) {
      areas.push(null);
      precisions.push(null);
      onClass?.({ roc: null, precisionRecall: null }, k);
      continue;
    }
    probabilityColumn(predictions, scores, k, column);
    const counts = rankCounts(column, labels, k, positives);
    areas.push(rocAuc(counts));
    precisions.push(averagePrecision(counts));
    onClass?.({ roc: rocCurve(counts), precisionRecall: precisionRecallCurve(counts) }, k);
  }
  return {
    rocAuc: {
      perClass: areas,
      macro: mean(areas, () => 1),
      weighted: mean(areas, (k) => support[k] as number),
    },
    averagePrecision: { perClass: precisions, macro: mean(precisions, () => 1) },
  };
}

function mean(values: readonly (number | null)[], weightOf: (k: number) => number): number | null {
  let sum = 0;
  let weights = 0;
  values.forEach((value, k) => {
    if (value === null) return;
    sum += value * weightOf(k);
    weights += weightOf(k);
  });
  return weights === 0 ? null : sum / weights;
}
