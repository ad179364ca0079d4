/** Everything that is said of a classifier, derived from its totals; equal to scikit-learn's figures. */
import { UserError } from '../errors';
import { sumOf } from './compensated-sum';
import {
  columnSums,
  diagonal,
  type Normalization,
  normalizeConfusion,
  ratio,
  rowSums,
} from './confusion-matrix';
import type { EvaluationTotals } from './totals';

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

/** Ratios lie in 0…1. */
export interface Report {
  sampleCount: number;
  /** Mean cross-entropy in nats. */
  loss: number;
  accuracy: number;
  balancedAccuracy: number;
  /** All K classes in order, absent ones too. */
  perClass: ClassMetrics[];
  /** K×K counts, rows true, columns predicted. */
  confusionMatrix: number[][];
  /** K×K shares of the row, the column and the whole. */
  confusionMatrixNormalized: Record<Normalization, number[][]>;
  macro: PrecisionRecallF1;
  micro: PrecisionRecallF1;
  weighted: PrecisionRecallF1;
}

/**
 * loss = lossSum / n; accuracy = trace / n; the rest as the functions below define it.
 * Source: sklearn.metrics.classification_report over labels=range(K) with zero_division=0.
 *
 * @throws UserError REPORT_WITHOUT_SAMPLES where the totals hold no sample
 */
export function report(totals: EvaluationTotals): Report {
  const { sampleCount, confusionMatrix } = totals;
  if (sampleCount === 0) {
    throw new UserError(
      'REPORT_WITHOUT_SAMPLES',
      'There is no sample to report on: evaluate at least one.',
    );
  }
  const perClass = classMetrics(confusionMatrix);
  const accuracy = sumOf(diagonal(confusionMatrix)) / sampleCount;
  return {
    sampleCount,
    loss: totals.lossSum / sampleCount,
    accuracy,
    balancedAccuracy: balancedAccuracy(perClass),
    perClass,
    confusionMatrix: confusionMatrix.map((row) => [...row]),
    confusionMatrixNormalized: {
      true: normalizeConfusion(confusionMatrix, 'true'),
      pred: normalizeConfusion(confusionMatrix, 'pred'),
      all: normalizeConfusion(confusionMatrix, 'all'),
    },
    macro: average(perClass, () => 1),
    // One label a sample: each false positive is another class's false negative, so all three are equal.
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
    weighted: average(perClass, ({ support }) => support),
  };
}

/**
 * With TP = diagonal, FP = column − TP, FN = row − TP: precision = TP / (TP + FP), recall = TP / (TP + FN),
 * f1 = 2 TP / (2 TP + FP + FN), support = TP + FN; 0 where the denominator is 0. K entries.
 * Source: sklearn.metrics.precision_recall_fscore_support(average=None, zero_division=0).
 */
export function classMetrics(confusionMatrix: readonly (readonly number[])[]): ClassMetrics[] {
  const supports = rowSums(confusionMatrix);
  const predicted = columnSums(confusionMatrix);
  return diagonal(confusionMatrix).map((right, label) => {
    const support = supports[label] ?? 0;
    const guesses = predicted[label] ?? 0;
    return {
      label,
      precision: ratio(right, guesses),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + guesses),
      support,
    };
  });
}

/**
 * The mean recall of the classes that occur among the true labels.
 * Source: sklearn.metrics.balanced_accuracy_score(adjusted=False).
 */
function balancedAccuracy(perClass: readonly ClassMetrics[]): number {
  return average(perClass, ({ support }) => (support > 0 ? 1 : 0)).recall;
}

/**
 * Σ weight · metric / Σ weight for each of the three metrics; weight 1 is the macro average, weight
 * support the weighted one. Source: the `average` parameter of precision_recall_fscore_support.
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
