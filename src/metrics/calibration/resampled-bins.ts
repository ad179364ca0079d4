/** What resampling makes of the reliability bins. */
import type { SampleScores } from '../sample-scores';
import { multinomial } from '../statistics/binomial';
import type { Random } from '../statistics/random';
import { PACKED, type TakeCounts } from '../statistics/resample-counts';
import { normal } from '../statistics/resample-means';
import type { Strata } from '../statistics/strata';
import { binOf, CALIBRATION_BINS } from './reliability';

type BinnedScores = Pick<SampleScores, 'labels' | 'predicted' | 'confidence'>;

/** How far a sample draws its bin: 1 less the confidence where it is right, else minus the confidence. */
export function deviationOf({ labels, predicted, confidence }: BinnedScores, i: number): number {
  return (predicted[i] === labels[i] ? 1 : 0) - (confidence[i] as number);
}

/**
 * Fills `sums` with Σ of the deviations in each bin, 15 a resample, of resamples that are drawn.
 */
export function takeBins(scores: BinnedScores, { order }: Strata, sums: Float64Array): TakeCounts {
  const bins = Uint8Array.from(order, (i) => binOf(scores.confidence[i] as number));
  const places = Uint32Array.from(bins.keys()).sort(
    (a, b) => (bins[a] as number) - (bins[b] as number) || a - b,
  );
  const deviations = Float64Array.from(places, (p) => deviationOf(scores, order[p] as number));
  const ends = new Uint32Array(CALIBRATION_BINS);
  for (const bin of bins) ends[bin] = (ends[bin] as number) + 1;
  for (let bin = 1; bin < ends.length; bin++) {
    ends[bin] = (ends[bin] as number) + (ends[bin - 1] as number);
  }
  return (words, first) => {
    let i = 0;
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (const end = ends[bin] as number; i < end; i++) {
        const word = words[places[i] as number] as number;
        const deviation = deviations[i] as number;
        a += (word & 0xff) * deviation;
        b += ((word >>> 8) & 0xff) * deviation;
        c += ((word >>> 16) & 0xff) * deviation;
        d += (word >>> 24) * deviation;
      }
      const four = [a, b, c, d];
      for (let f = 0; f < PACKED; f++) {
        const at = (first + f) * CALIBRATION_BINS + bin;
        // Past the last resample this writes nowhere.
        sums[at] = four[f] as number;
      }
    }
  };
}

/**
 * As `takeBins`, of many samples: how many of a stratum fall into each bin is drawn, what they sum to is
 * normal.
 */
export function normalBins(
  random: Random,
  scores: BinnedScores,
  { order, bounds }: Strata,
  sums: Float64Array,
): void {
  for (let s = 0; s + 1 < bounds.length; s++) {
    const [start, end] = [bounds[s] as number, bounds[s + 1] as number];
    const { counts, means, deviations } = binMoments(scores, order.subarray(start, end));
    const drawn = new Float64Array(CALIBRATION_BINS);
    for (let at = 0; at < sums.length; at += CALIBRATION_BINS) {
      multinomial(random, end - start, counts, end - start, drawn, 0, CALIBRATION_BINS);
      for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
        const count = drawn[bin] as number;
        if (count === 0) continue;
        const spread = Math.sqrt(count) * (deviations[bin] as number);
        sums[at + bin] =
          (sums[at + bin] as number) + count * (means[bin] as number) + spread * normal(random);
      }
    }
  }
}

/** Of the samples' deviations by bin: how many, their mean, their standard deviation. */
function binMoments(scores: BinnedScores, samples: Uint32Array) {
  const counts = new Float64Array(CALIBRATION_BINS);
  const means = new Float64Array(CALIBRATION_BINS);
  const squares = new Float64Array(CALIBRATION_BINS);
  // Welford's running moments, 1962.
  for (const i of samples) {
    const bin = binOf(scores.confidence[i] as number);
    const count = (counts[bin] as number) + 1;
    const distance = deviationOf(scores, i) - (means[bin] as number);
    counts[bin] = count;
    means[bin] = (means[bin] as number) + distance / count;
    squares[bin] = (squares[bin] as number) + distance * (deviationOf(scores, i) - means[bin]);
  }
  const deviations = squares.map((square, bin) => Math.sqrt(square / (counts[bin] || 1)));
  return { counts, means, deviations };
}
