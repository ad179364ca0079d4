/** The interval of the expected calibration error, out of resampled bins. */
import type { SampleScores } from '../sample-scores';
import type { Interval } from '../statistics/interval';
import { percentileInterval } from '../statistics/percentile-interval';
import { binOf, CALIBRATION_BINS } from './reliability';
import { deviationOf } from './resampled-bins';

/**
 * A calibration error adds up distances, so noise makes it larger: in a sample, and in a resample once
 * more. Percentiles of resampled errors lie above the truth of a calibrated classifier, all of them. So the
 * bins' deviations are resampled, not their distances, and with h the resampled less the observed one of a
 * bin the error is off by at most and at least
 *
 *   Σ over bins of sign · h, or |h| where the sign is not sure   and   Σ over bins of sign · h.
 *
 * The ends are the error less the upper quantile of the first and less the lower one of the second: a
 * resampling estimate of the directional derivative, on the safe side of its kink in either direction. A
 * sign is sure where the deviation passes √(log n) of its standard errors.
 * Source: Z. Fang & A. Santos, "Inference on Directionally Differentiable Functions", 2019; the bound: D. W.
 * K. Andrews & G. Soares, 2010.
 *
 * @param sums Σ of deviations in each bin, 15 a resample
 */
export function calibrationInterval(
  scores: Pick<SampleScores, 'sampleCount' | 'labels' | 'predicted' | 'confidence'>,
  sums: Float64Array,
  level: number,
): Interval | null {
  const n = scores.sampleCount;
  const { observed, sure } = observedBins(scores);
  const error = observed.reduce((sum, deviation) => sum + Math.abs(deviation), 0) / n;
  const most = new Float64Array(sums.length / CALIBRATION_BINS);
  const least = new Float64Array(most.length);
  for (let r = 0; r < most.length; r++) {
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      const deviation = observed[bin] as number;
      const moved = (sums[r * CALIBRATION_BINS + bin] as number) - deviation;
      const signed = deviation < 0 ? -moved : moved;
      least[r] = (least[r] as number) + signed / n;
      most[r] = (most[r] as number) + (sure[bin] ? signed : Math.abs(moved)) / n;
    }
  }
  const above = percentileInterval(most, level);
  const below = percentileInterval(least, level);
  if (!above || !below) return null;
  return {
    low: Math.min(error, Math.max(0, error - above.high)),
    high: Math.max(error, Math.min(1, error - below.low)),
  };
}

function observedBins(
  scores: Pick<SampleScores, 'sampleCount' | 'labels' | 'predicted' | 'confidence'>,
): { observed: Float64Array; sure: boolean[] } {
  const n = scores.sampleCount;
  const observed = new Float64Array(CALIBRATION_BINS);
  const squares = new Float64Array(CALIBRATION_BINS);
  for (let i = 0; i < n; i++) {
    const bin = binOf(scores.confidence[i] as number);
    const deviation = deviationOf(scores, i);
    observed[bin] = (observed[bin] as number) + deviation;
    squares[bin] = (squares[bin] as number) + deviation ** 2;
  }
  const sure = Array.from(observed, (sum, bin) => {
    const variance = Math.max(0, (squares[bin] as number) - sum ** 2 / n);
    return sum ** 2 > Math.log(n) * variance;
  });
  return { observed, sure };
}
