/** Each class against the rest: ROC AUC, average precision and, on demand, the curves. */
import type { Predictions, SampleScores } from '../sample-scores';
import { averagePrecision, rocAuc } from './areas';
import { classColumns } from './class-columns';
import { precisionRecallCurve, type PrecisionRecallPoint } from './precision-recall-curve';
import { type RankCounts, rankCounts } from './rank-counts';
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
  const support = supportOf(scores);
  const rank = classRanker(predictions, scores, support);
  const areas: (number | null)[] = [];
  const precisions: (number | null)[] = [];
  for (const k of support.keys()) {
    const counts = rank(k);
    areas.push(counts && rocAuc(counts));
    precisions.push(counts && averagePrecision(counts));
    if (onClass) onClass(curvesOf(counts), k);
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

/** A class's curves with the areas under them before they were thinned. */
export interface MeasuredCurves extends ClassCurves {
  classIndex: number;
  rocAuc: number | null;
  averagePrecision: number | null;
}

/** The curves of some classes; the time grows with their number and not with K. */
export function classCurves(
  predictions: Predictions,
  scores: SampleScores,
  classIndexes: readonly number[],
): MeasuredCurves[] {
  const rank = classRanker(predictions, scores, supportOf(scores));
  return classIndexes.map((classIndex) => {
    const counts = rank(classIndex);
    return {
      classIndex,
      ...curvesOf(counts),
      rocAuc: counts && rocAuc(counts),
      averagePrecision: counts && averagePrecision(counts),
    };
  });
}

function curvesOf(counts: RankCounts | null): ClassCurves {
  return {
    roc: counts && rocCurve(counts),
    precisionRecall: counts && precisionRecallCurve(counts),
  };
}

/** @returns a function that ranks by one class's probability; null where it has no samples, or all */
function classRanker(
  predictions: Predictions,
  scores: SampleScores,
  support: Uint32Array,
): (classIndex: number) => RankCounts | null {
  const { sampleCount, labels } = scores;
  const column = classColumns(predictions, scores);
  return (classIndex) => {
    const positives = support[classIndex] as number;
    if (positives === 0 || positives === sampleCount) return null;
    return rankCounts(column(classIndex), labels, classIndex, positives);
  };
}

/** How many samples each class has (K). */
export function supportOf({ classCount, labels }: SampleScores): Uint32Array {
  const support = new Uint32Array(classCount);
  for (const label of labels) support[label] = (support[label] as number) + 1;
  return support;
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
