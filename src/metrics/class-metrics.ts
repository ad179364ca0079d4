/** Precision, recall and F1: of each class, and averaged over the classes. */
import { sumOf } from './compensated-sum';
import { ratio } from './confusion-matrix';
import type { Margins } from './margins';

export interface PrecisionRecallF1 {
  precision: number;
  recall: number;
  f1: number;
}

export interface ClassMetrics extends PrecisionRecallF1 {
  /** The class index. */
  label: number;
  /** How many samples truly belong to the class. */
  support: number;
}

/**
 * With TP = diagonal, FP = column − TP, FN = row − TP: precision = TP / (TP + FP), recall = TP / (TP + FN),
 * f1 = 2 TP / (2 TP + FP + FN), support = TP + FN; 0 where the denominator is 0. K entries.
 * Source: sklearn.metrics.precision_recall_fscore_support(average=None, zero_division=0).
 */
export function classMetrics({ right, support, predicted }: Margins): ClassMetrics[] {
  return Array.from(support, (supported, label) => {
    const hits = right[label] ?? 0;
    const guesses = predicted[label] ?? 0;
    return {
      label,
      precision: ratio(hits, guesses),
      recall: ratio(hits, supported),
      f1: ratio(2 * hits, supported + guesses),
      support: supported,
    };
  });
}

/**
 * The mean recall of the classes that occur among the true labels.
 * Source: sklearn.metrics.balanced_accuracy_score(adjusted=False).
 */
export function balancedAccuracy(perClass: readonly ClassMetrics[]): number {
  return average(perClass, ({ support }) => (support > 0 ? 1 : 0)).recall;
}

/** The mean of each metric over all K classes, absent ones too. */
export function macroAverage(perClass: readonly ClassMetrics[]): PrecisionRecallF1 {
  return average(perClass, () => 1);
}

/** The mean of each metric, each class weighing as much as its support. */
export function weightedAverage(perClass: readonly ClassMetrics[]): PrecisionRecallF1 {
  return average(perClass, ({ support }) => support);
}

/**
 * Σ weight · metric / Σ weight for each of the three metrics.
 * Source: the `average` parameter of precision_recall_fscore_support.
 */
function average(
  perClass: readonly ClassMetrics[],
  weightOf: (metrics: ClassMetrics) => number,
): PrecisionRecallF1 {
  const weights = sumOf(perClass.map(weightOf));
  const mean = (metric: keyof PrecisionRecallF1): number =>
    ratio(sumOf(perClass.map((metrics) => metrics[metric] * weightOf(metrics))), weights);
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}
