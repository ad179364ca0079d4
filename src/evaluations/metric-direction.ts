/** Which end of a scalar is the good one. */
import type { ResultMetric } from './result-metric';

const LESS_IS_BETTER: ReadonlySet<ResultMetric> = new Set<ResultMetric>([
  'loss',
  'brierScore',
  'expectedCalibrationError',
]);

export function lessIsBetter(metric: ResultMetric): boolean {
  return LESS_IS_BETTER.has(metric);
}
