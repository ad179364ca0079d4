/** From what was computed to what is shown of a comparison. */
import { RESULT_METRICS, type ResultMetric } from '../../evaluations/result-metric';
import { METRICS_OF_SCALAR } from '../../evaluations/scores/metrics-of-scalar';
import type { IntervalScalar } from '../../metrics/statistics/bootstrap';
import type { Interval } from '../../metrics/statistics/interval';
import type { PredictionComparison } from './compare-predictions';
import type { FlipCounts, MetricDelta } from './comparison-fields';
import type { ResultPair } from './comparison.service';

/** All stored scalars, in their order. */
export function metricDeltas(
  { baseline, candidate }: ResultPair,
  { intervals }: Pick<PredictionComparison, 'intervals'>,
): MetricDelta[] {
  const byMetric = new Map<ResultMetric, Interval>();
  for (const [scalar, metrics] of Object.entries(METRICS_OF_SCALAR)) {
    const interval = intervals[scalar as IntervalScalar];
    if (interval) for (const metric of metrics) byMetric.set(metric, interval);
  }
  return RESULT_METRICS.map((metric) => {
    const [before, now] = [baseline[metric], candidate[metric]];
    const delta = before === null || now === null ? null : now - before;
    const interval = delta === null ? undefined : byMetric.get(metric);
    return {
      metric,
      baseline: before,
      candidate: now,
      delta,
      lower: interval?.low ?? null,
      upper: interval?.high ?? null,
    };
  });
}

export function flipCounts({ flips }: Pick<PredictionComparison, 'flips'>): FlipCounts {
  const { sampleCount, rightA, rightToWrong, wrongToRight, churn } = flips.total;
  return {
    rightToWrong,
    wrongToRight,
    bothRight: rightA - rightToWrong,
    bothWrong: sampleCount - rightA - wrongToRight,
    churn: churn / sampleCount,
  };
}

/** K×K signed counts, rows true, columns predicted: the candidate's less the baseline's. */
export function confusionDifference({ baseline, candidate }: ResultPair): number[][] {
  return candidate.confusionMatrix.map((row, i) =>
    row.map((count, k) => count - (baseline.confusionMatrix[i]?.[k] ?? 0)),
  );
}
