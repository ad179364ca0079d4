/** The scalars by which the board can rank. */
import type { MetricName } from '../charts/metrics';

export const BOARD_METRICS = [
  'ACCURACY',
  'MACRO_F1',
  'BALANCED_ACCURACY',
  'LOSS',
  'MATTHEWS_CORRCOEF',
  'ROC_AUC_MACRO',
  'BRIER_SCORE',
  'EXPECTED_CALIBRATION_ERROR',
] as const satisfies readonly MetricName[];

export type BoardMetric = (typeof BOARD_METRICS)[number];
