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

/** Accuracy is the share of independent samples that Wilson's interval is for. */
export function intervalsOf(
  { confusionMatrix, sampleCount }: EvaluationTotals,
  bootstrap: StoredIntervals['bootstrap'],
): StoredIntervals {
  const level = DEFAULT_LEVEL;
  const accuracy = wilsonInterval(rightCount(marginsOf(confusionMatrix)), sampleCount, level);
  return {
    wilson: { level, bounds: accuracy ? { accuracy: [accuracy.low, accuracy.high] } : {} },
    bootstrap,
  };
}

/** Wilson's where the metric is a share of samples, else the bootstrap's; undefined where it has neither. */
export function boundsOf(
  intervals: StoredIntervals | null,
  metric: ResultMetric,
): Bounds | undefined {
  return intervals?.wilson.bounds[metric] ?? intervals?.bootstrap?.bounds[metric];
}
