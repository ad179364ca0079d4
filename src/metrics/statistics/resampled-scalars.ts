/** Every scalar of every resample. */
import { CALIBRATION_BINS } from '../calibration/reliability';
import { normalBins, takeBins } from '../calibration/resampled-bins';
import { areaExpansions } from '../ranking/area-expansions';
import {
  rankedValues,
  type RankedValues,
  rankOrders,
  takeRanking,
} from '../ranking/resampled-ranking';
import type { Predictions, SampleScores } from '../sample-scores';
import type { BootstrapOptions } from './bootstrap-options';
import { Random } from './random';
import { drawResamples, MAX_DRAWN_SAMPLES } from './resample-counts';
import { normalMeans, takeMeans } from './resample-means';
import {
  type CountScalarValues,
  drawCountScalars,
  takeCountScalars,
} from './resampled-count-scalars';
import { strataOf } from './strata';

/** One entry a resample; NaN where a scalar is undefined. */
export interface ResampledScalars {
  counts: CountScalarValues;
  loss: Float64Array;
  brier: Float64Array;
  ranked: RankedValues;
  /** The average precision of the samples themselves. */
  averagePrecision: number;
  /** Σ of the deviations in each calibration bin, 15 a resample. */
  bins: Float64Array;
}

/** Streams of one seed. COUNTS and BINS are of many samples only, where nothing is drawn one by one. */
const COUNTS = 1;
const DRAWS = 2;
const BINS = 6;

/**
 * A count is added for each sample, class and resample that are ranked; a run of 1,000 resamples of 10,000 ×
 * 10 needs a fifth of these. Their order is kept, two bytes a sample and class: as if there were 100
 * resamples at least, that is 10 MB.
 */
const MOST_RANKED = 500_000_000;
const LEAST_RESAMPLES = 100;

/**
 * All scalars over the same resamples, within each class where stratified. The work is bounded:
 *
 * - Up to MAX_DRAWN_SAMPLES samples are drawn one by one. Of more, what draws would give is drawn instead:
 *   counts of cells from their multinomial, which is exact, and means from their normal limit.
 * - ROC AUC and average precision are ranked in each resample as long as samples × classes × resamples are
 *   at most MOST_RANKED. Beyond that their expansions are resampled as means (`areaExpansions`).
 *
 * @param scores of at least one sample
 */
export function resampledScalars(
  predictions: Predictions,
  scores: SampleScores,
  {
    resamples,
    seed,
    stratified,
  }: Pick<Required<BootstrapOptions>, 'resamples' | 'seed' | 'stratified'>,
): ResampledScalars {
  const { sampleCount, classCount } = scores;
  const strata = strataOf(scores.labels, classCount, stratified);
  const drawn = sampleCount <= MAX_DRAWN_SAMPLES;
  const cost = sampleCount * classCount * Math.max(resamples, LEAST_RESAMPLES);
  const expansions = drawn && cost <= MOST_RANKED ? undefined : areaExpansions(predictions, scores);
  const found: ResampledScalars = {
    counts: new Map(),
    loss: new Float64Array(resamples),
    brier: new Float64Array(resamples),
    ranked: rankedValues(resamples),
    averagePrecision: NaN,
    bins: new Float64Array(resamples * CALIBRATION_BINS),
  };
  const { ranked } = found;
  const means: [values: Float64Array, into: Float64Array][] = [
    [scores.loss, found.loss],
    [scores.brier, found.brier],
  ];
  if (expansions) {
    means.push(
      [expansions.rocAucMacro, ranked.rocAucMacro],
      [expansions.rocAucWeighted, ranked.rocAucWeighted],
      [expansions.averagePrecisionMacro, ranked.averagePrecisionMacro],
    );
  }

  const random = new Random(seed, DRAWS);
  if (drawn) {
    const takers = [
      ...means.map(([values, into]) => takeMeans(values, strata, into)),
      takeBins(scores, strata, found.bins),
      takeCountScalars(scores, strata, resamples, found.counts),
    ];
    if (!expansions) {
      const orders = rankOrders(predictions, scores, strata);
      takers.push(takeRanking(orders, ranked));
      found.averagePrecision = averagePrecisionOf(orders, sampleCount);
    }
    drawResamples(random, strata, resamples, takers);
  } else {
    for (const [values, into] of means) normalMeans(random, values, strata, into);
    normalBins(new Random(seed, BINS), scores, strata, found.bins);
    drawCountScalars(new Random(seed, COUNTS), scores, { resamples, stratified }, found.counts);
  }
  if (expansions) {
    const { averagePrecisionMacro, averagePrecisionBias } = expansions;
    found.averagePrecision =
      averagePrecisionMacro.reduce((sum, value) => sum + value, 0) / sampleCount;
    ranked.averagePrecisionMacro.forEach((value, r, into) => {
      into[r] = value + averagePrecisionBias;
    });
  }
  return found;
}

/** Of the resample that has each sample once. */
function averagePrecisionOf(
  orders: Parameters<typeof takeRanking>[0],
  sampleCount: number,
): number {
  const once = rankedValues(1);
  takeRanking(orders, once)(new Int32Array(sampleCount).fill(1), 0);
  return once.averagePrecisionMacro[0] as number;
}
