/** The intervals that a result keeps, with all that is needed to get them again. */
import { marginsOf, rightCount } from '../../metrics/margins';
import type { BootstrapIntervals } from '../../metrics/statistics/bootstrap';
import { DEFAULT_LEVEL } from '../../metrics/statistics/interval';
import { wilsonInterval } from '../../metrics/statistics/wilson-interval';
import type { EvaluationTotals } from '../../metrics/totals';
import type { ResultMetric } from '../result-metric';

export type Bounds = readonly [lower: number, upper: number];

/** By metric; one that is undefined, or has no interval of this method, is not there. */
export type BoundsByMetric = Partial<Record<ResultMetric, Bounds>>;

export interface StoredIntervals {
  wilson: { level: number; bounds: BoundsByMetric };
  /** null for a run whose outputs are too many to be resampled. */
  bootstrap: {
    level: number;
    resamples: number;
    seed: number;
    /** Whether each class kept its number of samples. */
    stratified: boolean;
    bounds: BoundsByMetric;
    /** By metric, where the bounds are no percentiles; results from before have none of these. */
    otherMethods?: BootstrapIntervals['otherMethods'];
  } | null;
}

/** Top-k accuracies where they are stored: null or absent where there are too few classes, or no outputs. */
type TopKAccuracies = Partial<
  Record<'top2Accuracy' | 'top3Accuracy' | 'top5Accuracy', number | null>
>;

/** Accuracy and top-k accuracies are shares of independent samples: what Wilson's interval is for. */
export function intervalsOf(
  result: EvaluationTotals & TopKAccuracies,
  bootstrap: StoredIntervals['bootstrap'],
): StoredIntervals {
  const { confusionMatrix, sampleCount, top2Accuracy, top3Accuracy, top5Accuracy } = result;
  const accuracy = rightCount(marginsOf(confusionMatrix)) / sampleCount;
  const shares = { accuracy, top2Accuracy, top3Accuracy, top5Accuracy };
  const level = DEFAULT_LEVEL;
  const bounds: BoundsByMetric = {};
  for (const [metric, share] of Object.entries(shares)) {
    // A share is a whole number over n: rounding takes back what the division lost.
    const hits = Math.round((share ?? NaN) * sampleCount);
    const interval = Number.isNaN(hits) ? null : wilsonInterval(hits, sampleCount, level);
    if (interval) bounds[metric as keyof typeof shares] = [interval.low, interval.high];
  }
  return { wilson: { level, bounds }, bootstrap };
}

/** Wilson's where the metric is a share of samples, else the bootstrap's; undefined where it has neither. */
export function boundsOf(
  intervals: StoredIntervals | null,
  metric: ResultMetric,
): Bounds | undefined {
  return intervals?.wilson.bounds[metric] ?? intervals?.bootstrap?.bounds[metric];
}
