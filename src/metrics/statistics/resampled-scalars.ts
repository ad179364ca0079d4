/** Every scalar of every resample. */
import { CALIBRATION_BINS } from '../calibration/reliability';
import { normalBins, takeBins } from '../calibration/resampled-bins';
import { sumOf } from '../compensated-sum';
import { areaExpansions } from '../ranking/area-expansions';
import { supportOf } from '../ranking/one-vs-rest';
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

/** Streams of one seed. COUNTS and BINS are of much work only, where nothing is counted. */
const COUNTS = 1;
const DRAWS = 2;
const BINS = 6;

/**
 * Up to so many samples × classes × resamples every scalar is counted anew in each resample: some 100 ms.
 */
const MOST_RANKED = 50_000_000;
/** The same where a class that occurs has fewer than ENOUGH samples: there expansions are less exact. */
const MOST_RANKED_RARE = 500_000_000;
const ENOUGH = 20;
/** The order of ranks is kept, two bytes a sample and class: as if there were so many resamples at least. */
const LEAST_RESAMPLES = 100;

/**
 * All scalars of resamples, within each class where stratified. With little work, or rare classes, all of
 * them are counted in the same resamples. Else what counting would give is drawn instead: counts of cells
 * from their multinomial, which is exact, means from their limit (`normalMeans`), and ROC AUC and average
 * precision as means of their expansions (`areaExpansions`). From 20 samples a class on the ends of the two
 * ways differ by 1 to 3 % of an interval's width, at most 6 %; of 5 samples by up to 22 %.
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
  const cost = sampleCount * classCount * Math.max(resamples, LEAST_RESAMPLES);
  const rare = supportOf(scores).some((positives) => positives > 0 && positives < ENOUGH);
  const found: ResampledScalars = {
    counts: new Map(),
    loss: new Float64Array(resamples),
    brier: new Float64Array(resamples),
    ranked: rankedValues(resamples),
    averagePrecision: NaN,
    bins: new Float64Array(resamples * CALIBRATION_BINS),
  };
  const counted =
    sampleCount <= MAX_DRAWN_SAMPLES && cost <= (rare ? MOST_RANKED_RARE : MOST_RANKED);
  const { ranked } = found;
  if (counted) {
    const orders = rankOrders(predictions, scores, strata);
    found.averagePrecision = averagePrecisionOf(orders, sampleCount);
    drawResamples(new Random(seed, DRAWS), strata, resamples, [
      takeMeans(scores.loss, strata, found.loss),
      takeMeans(scores.brier, strata, found.brier),
      takeBins(scores, strata, found.bins),
      takeCountScalars(scores, strata, resamples, found.counts),
      takeRanking(orders, ranked),
    ]);
    return found;
  }
  const random = new Random(seed, DRAWS);
  const expansions = areaExpansions(predictions, scores);
  normalMeans(random, scores.loss, strata, found.loss);
  normalMeans(random, scores.brier, strata, found.brier);
  normalMeans(random, expansions.rocAucMacro, strata, ranked.rocAucMacro);
  normalMeans(random, expansions.rocAucWeighted, strata, ranked.rocAucWeighted);
  normalMeans(random, expansions.averagePrecisionMacro, strata, ranked.averagePrecisionMacro);
  found.averagePrecision = sumOf(expansions.averagePrecisionMacro) / sampleCount;
  ranked.averagePrecisionMacro.forEach((value, r, into) => {
    into[r] = value + expansions.averagePrecisionBias;
  });
  normalBins(new Random(seed, BINS), scores, strata, found.bins);
  drawCountScalars(new Random(seed, COUNTS), scores, { resamples, stratified }, found.counts);
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
