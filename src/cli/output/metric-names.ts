/** What the stored scalars are called in a terminal. */
import type { ResultMetric } from '../../evaluations/result-metric';

export const METRIC_NAMES: Readonly<Record<ResultMetric, string>> = {
  loss: 'Loss',
  accuracy: 'Accuracy',
  top2Accuracy: 'Top-2 accuracy',
  top3Accuracy: 'Top-3 accuracy',
  top5Accuracy: 'Top-5 accuracy',
  balancedAccuracy: 'Balanced accuracy',
  macroPrecision: 'Macro precision',
  macroRecall: 'Macro recall',
  macroF1: 'Macro-F1',
  microF1: 'Micro-F1',
  weightedPrecision: 'Weighted precision',
  weightedRecall: 'Weighted recall',
  weightedF1: 'Weighted F1',
  cohenKappa: "Cohen's kappa",
  matthewsCorrcoef: 'Matthews corr.',
  rocAucMacro: 'ROC AUC (macro)',
  rocAucWeighted: 'ROC AUC (weighted)',
  averagePrecisionMacro: 'Avg. precision',
  brierScore: 'Brier score',
  expectedCalibrationError: 'Calibration error',
};
