/** What the stored scalars are called outside: by programs as in config.yaml, and by people. */
import type { ResultMetric } from '../evaluations/result-metric';
import { GATE_SCALARS, type GateScalar } from '../metrics/gate/rule';

const LABELS: Record<ResultMetric, string> = {
  loss: 'Loss',
  accuracy: 'Accuracy',
  top2Accuracy: 'Top-2 accuracy',
  top3Accuracy: 'Top-3 accuracy',
  top5Accuracy: 'Top-5 accuracy',
  balancedAccuracy: 'Balanced accuracy',
  macroPrecision: 'Macro precision',
  macroRecall: 'Macro recall',
  macroF1: 'Macro F1',
  microF1: 'Micro F1',
  weightedPrecision: 'Weighted precision',
  weightedRecall: 'Weighted recall',
  weightedF1: 'Weighted F1',
  cohenKappa: "Cohen's kappa",
  matthewsCorrcoef: 'Matthews correlation',
  rocAucMacro: 'ROC AUC, macro',
  rocAucWeighted: 'ROC AUC, weighted',
  averagePrecisionMacro: 'Average precision, macro',
  brierScore: 'Brier score',
  expectedCalibrationError: 'Expected calibration error',
};

export interface NamedMetric {
  metric: ResultMetric;
  /** In config.yaml: `macro_f1`. */
  key: GateScalar;
  label: string;
}

/** All of them, the accuracy first. */
export const NAMED_METRICS: readonly NamedMetric[] = Object.entries(GATE_SCALARS).map(
  ([key, metric]) => ({ metric, key: key as GateScalar, label: LABELS[metric] }),
);
