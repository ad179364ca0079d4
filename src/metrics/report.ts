/**
 * Everything that is said of a classifier's decisions, derived from its totals; equal to scikit-learn's
 * figures.
 */
import { UserError } from '../errors';
import { cohenKappa, matthewsCorrcoef } from './agreement';
import {
  balancedAccuracy,
  classMetrics,
  type ClassMetrics,
  macroAverage,
  type PrecisionRecallF1,
  weightedAverage,
} from './class-metrics';
import { type Normalization, normalizeConfusion } from './confusion-matrix';
import { marginsOf, rightCount } from './margins';
import type { Interval } from './statistics/interval';
import { wilsonInterval } from './statistics/wilson-interval';
import type { EvaluationTotals } from './totals';

/** Ratios lie in 0…1. */
export interface Report {
  sampleCount: number;
  /** Mean cross-entropy in nats. */
  loss: number;
  accuracy: number;
  /** Wilson's 95 % interval of the accuracy. */
  accuracyWilson95: Interval;
  balancedAccuracy: number;
  /** −1…1; null where it is undefined. */
  cohenKappa: number | null;
  /** −1…1. */
  matthewsCorrcoef: number;
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
 * loss = lossSum / n; accuracy = trace / n; the rest as its own file defines it.
 * Source: sklearn.metrics.classification_report over labels=range(K) with zero_division=0.
 *
 * @throws UserError REPORT_WITHOUT_SAMPLES where the totals hold no sample
 */
export function report(totals: EvaluationTotals): Report {
  const { sampleCount, confusionMatrix } = totals;
  const margins = marginsOf(confusionMatrix);
  const right = rightCount(margins);
  const accuracyWilson95 = wilsonInterval(right, sampleCount);
  if (accuracyWilson95 === null) {
    throw new UserError(
      'REPORT_WITHOUT_SAMPLES',
      'There is no sample to report on: evaluate at least one.',
    );
  }
  const perClass = classMetrics(margins);
  const accuracy = right / sampleCount;
  return {
    sampleCount,
    loss: totals.lossSum / sampleCount,
    accuracy,
    accuracyWilson95,
    balancedAccuracy: balancedAccuracy(perClass),
    cohenKappa: cohenKappa(margins),
    matthewsCorrcoef: matthewsCorrcoef(margins),
    perClass,
    confusionMatrix: confusionMatrix.map((row) => [...row]),
    confusionMatrixNormalized: {
      true: normalizeConfusion(confusionMatrix, 'true'),
      pred: normalizeConfusion(confusionMatrix, 'pred'),
      all: normalizeConfusion(confusionMatrix, 'all'),
    },
    macro: macroAverage(perClass),
    // One label a sample: each false positive is another class's false negative, so all three are equal.
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
    weighted: weightedAverage(perClass),
  };
}
