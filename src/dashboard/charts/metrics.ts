/** The stored scalars: what each is called, how it is written, and which way is better. */
import { decimal, percent, signed } from '../ui/format';

interface Metric {
  label: string;
  /** Of a result. */
  field: string;
  unit: 'share' | 'plain';
  lessIsBetter?: true;
}

export const METRICS = {
  ACCURACY: { label: 'Accuracy', field: 'accuracy', unit: 'share' },
  MACRO_F1: { label: 'Macro-F1', field: 'macroF1', unit: 'share' },
  LOSS: { label: 'Loss', field: 'loss', unit: 'plain', lessIsBetter: true },
  EXPECTED_CALIBRATION_ERROR: {
    label: 'Calibration error',
    field: 'expectedCalibrationError',
    unit: 'share',
    lessIsBetter: true,
  },
  BALANCED_ACCURACY: { label: 'Balanced accuracy', field: 'balancedAccuracy', unit: 'share' },
  TOP2_ACCURACY: { label: 'Top-2 accuracy', field: 'top2Accuracy', unit: 'share' },
  TOP3_ACCURACY: { label: 'Top-3 accuracy', field: 'top3Accuracy', unit: 'share' },
  TOP5_ACCURACY: { label: 'Top-5 accuracy', field: 'top5Accuracy', unit: 'share' },
  MACRO_PRECISION: { label: 'Macro precision', field: 'macroPrecision', unit: 'share' },
  MACRO_RECALL: { label: 'Macro recall', field: 'macroRecall', unit: 'share' },
  MICRO_F1: { label: 'Micro-F1', field: 'microF1', unit: 'share' },
  WEIGHTED_PRECISION: { label: 'Weighted precision', field: 'weightedPrecision', unit: 'share' },
  WEIGHTED_RECALL: { label: 'Weighted recall', field: 'weightedRecall', unit: 'share' },
  WEIGHTED_F1: { label: 'Weighted F1', field: 'weightedF1', unit: 'share' },
  COHEN_KAPPA: { label: "Cohen's kappa", field: 'cohenKappa', unit: 'plain' },
  MATTHEWS_CORRCOEF: { label: 'Matthews correlation', field: 'matthewsCorrcoef', unit: 'plain' },
  ROC_AUC_MACRO: { label: 'ROC AUC, macro', field: 'rocAucMacro', unit: 'plain' },
  ROC_AUC_WEIGHTED: { label: 'ROC AUC, weighted', field: 'rocAucWeighted', unit: 'plain' },
  AVERAGE_PRECISION_MACRO: {
    label: 'Average precision, macro',
    field: 'averagePrecisionMacro',
    unit: 'plain',
  },
  BRIER_SCORE: { label: 'Brier score', field: 'brierScore', unit: 'plain', lessIsBetter: true },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

export function metricText(metric: MetricName, value: number): string {
  return METRICS[metric].unit === 'share' ? percent(value) : decimal(value);
}

/** A difference, with its sign; of shares in percentage points. */
export function deltaText(metric: MetricName, delta: number): string {
  return METRICS[metric].unit === 'share' ? signed(delta, 2) : signed(delta, 4, 'plain');
}

export function isBetter(metric: MetricName, delta: number): boolean {
  return 'lessIsBetter' in METRICS[metric] ? delta < 0 : delta > 0;
}
