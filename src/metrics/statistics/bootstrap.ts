/** Bootstrap intervals of every scalar. */
import { calibrationInterval } from '../calibration/calibration-interval';
import type { RankedValues } from '../ranking/resampled-ranking';
import type { Predictions, SampleScores } from '../sample-scores';
import { type BootstrapOptions, bootstrapOptions } from './bootstrap-options';
import type { CountScalar } from './count-scalars';
import type { Interval } from './interval';
import { basicInterval, percentileInterval } from './percentile-interval';
import { resampledScalars } from './resampled-scalars';

export type IntervalScalar =
  CountScalar | 'loss' | 'brier' | keyof RankedValues | 'expectedCalibrationError';

/** What percentiles would be wrong about, by how its interval is made instead. */
export const OTHER_METHODS = {
  averagePrecisionMacro: 'bootstrap-basic',
  expectedCalibrationError: 'bootstrap-directional',
} as const satisfies Partial<Record<IntervalScalar, string>>;

/** The intervals and all that is needed to get them again. */
export interface BootstrapIntervals extends Required<BootstrapOptions> {
  /** Of every scalar that is not in `otherMethods`. */
  method: 'bootstrap-percentile';
  otherMethods: Partial<typeof OTHER_METHODS>;
  /**
   * null where the scalar is undefined for the samples, or for more resamples than the interval may miss.
   */
  intervals: Partial<Record<IntervalScalar, Interval | null>>;
}

/**
 * Percentile intervals (B. Efron, 1979) of all scalars over the same resamples, within each class where
 * stratified; what is done with many samples or classes is told at `resampledScalars`.
 *
 * Two scalars are moved by resampling, which percentiles would count as what the sample says: the average
 * precision goes up, since a sample drawn twice is found above itself, and the calibration error too. Their
 * intervals are `basicInterval` and `calibrationInterval`. In simulations of calibrated classifiers
 * percentiles held the true calibration error in 0 %, and the average precision of 50 classes with 20
 * samples each in 7 %; these hold them in 97 % and 85 %, and with 100 samples a class both in 94 %.
 *
 * Where classes have few samples, take `stratified`: else a resample loses some, and a class that does not
 * occur counts as 0 in macro averages, as it does in a report, which draws their intervals down.
 *
 * @throws UserError as `bootstrapOptions` does
 */
export function bootstrapIntervals(
  predictions: Predictions,
  scores: SampleScores,
  options: BootstrapOptions = {},
): BootstrapIntervals {
  const checked = bootstrapOptions(options);
  const { level } = checked;
  const intervals: BootstrapIntervals['intervals'] = {};
  if (scores.sampleCount > 0) {
    const found = resampledScalars(predictions, scores, checked);
    const { loss, brier, ranked } = found;
    for (const [name, values] of found.counts) intervals[name] = percentileInterval(values, level);
    intervals.loss = percentileInterval(loss, level);
    intervals.brier = percentileInterval(brier, level);
    intervals.rocAucMacro = percentileInterval(ranked.rocAucMacro, level);
    intervals.rocAucWeighted = percentileInterval(ranked.rocAucWeighted, level);
    intervals.averagePrecisionMacro = basicInterval(
      ranked.averagePrecisionMacro,
      found.averagePrecision,
      level,
    );
    intervals.expectedCalibrationError = calibrationInterval(scores, found.bins, level);
  }
  return {
    method: 'bootstrap-percentile',
    otherMethods: OTHER_METHODS,
    ...checked,
    intervals,
  };
}
