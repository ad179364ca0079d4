/** The scalars by which the board can rank, and how each is written. */
import { decimal, percent } from '../ui/format';

const NAMES = {
  ACCURACY: 'Accuracy',
  MACRO_F1: 'Macro-F1',
  BALANCED_ACCURACY: 'Balanced accuracy',
  LOSS: 'Loss',
  MATTHEWS_CORRCOEF: 'Matthews correlation',
  ROC_AUC_MACRO: 'ROC AUC, macro',
  BRIER_SCORE: 'Brier score',
  EXPECTED_CALIBRATION_ERROR: 'Calibration error',
} as const;

export type BoardMetric = keyof typeof NAMES;

export const BOARD_METRICS = Object.keys(NAMES) as [BoardMetric, ...BoardMetric[]];

const SHARES: readonly BoardMetric[] = ['ACCURACY', 'MACRO_F1', 'BALANCED_ACCURACY'];

export function metricName(metric: BoardMetric): string {
  return NAMES[metric];
}

export function metricText(metric: BoardMetric, value: number): string {
  return SHARES.includes(metric) ? percent(value) : decimal(value);
}
