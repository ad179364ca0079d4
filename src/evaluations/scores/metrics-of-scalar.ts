/** The scalars that are resampled, and the stored ones that each of them is. */
import type { IntervalScalar } from '../../metrics/statistics/bootstrap';
import type { ResultMetric } from '../result-metric';

/** Micro-F1 and weighted recall are the accuracy, so its bounds are theirs. */
export const METRICS_OF_SCALAR = {
  loss: ['loss'],
  accuracy: ['accuracy', 'microF1', 'weightedRecall'],
  balancedAccuracy: ['balancedAccuracy'],
  cohenKappa: ['cohenKappa'],
  matthewsCorrcoef: ['matthewsCorrcoef'],
  macroPrecision: ['macroPrecision'],
  macroRecall: ['macroRecall'],
  macroF1: ['macroF1'],
  weightedPrecision: ['weightedPrecision'],
  weightedF1: ['weightedF1'],
  top2: ['top2Accuracy'],
  top3: ['top3Accuracy'],
  top5: ['top5Accuracy'],
  rocAucMacro: ['rocAucMacro'],
  rocAucWeighted: ['rocAucWeighted'],
  averagePrecisionMacro: ['averagePrecisionMacro'],
  brier: ['brierScore'],
  expectedCalibrationError: ['expectedCalibrationError'],
} as const satisfies Record<IntervalScalar, readonly ResultMetric[]>;
