/** Bootstrap intervals of every scalar that derives from counts, of the loss and of the Brier score. */
import type { SampleScores } from '../sample-scores';
import { multinomial } from './binomial';
import { type BootstrapOptions, bootstrapOptions } from './bootstrap-options';
import { type CountScalar, countScalars } from './count-scalars';
import type { Interval } from './interval';
import { percentileInterval } from './percentile-interval';
import { Random } from './random';
import { resampleMeans } from './resample-means';
import { CellSums, sampleCells } from './sample-cells';
import { strataOf } from './strata';

export type IntervalScalar = CountScalar | 'loss' | 'brier';

/** The intervals and all that is needed to get them again. */
export interface BootstrapIntervals extends Required<BootstrapOptions> {
  method: 'bootstrap-percentile';
  /**
   * null where the scalar is undefined for the samples, or for more resamples than the interval may miss.
   */
  intervals: Partial<Record<IntervalScalar, Interval | null>>;
}

/** Streams of one seed: counts and means are resampled apart. */
const COUNTS = 1;
const MEANS = 2;

/**
 * Percentile intervals (B. Efron, 1979). A resample of the samples is, to a metric of counts, a multinomial
 * draw of as many from the cells that occur (true class, predicted class, rank of the true one): that is
 * drawn directly, in a time that does not depend on the number of samples. Loss and Brier score differ from
 * sample to sample: their samples are drawn one by one, or from the normal limit where these are too many
 * (`resampleMeans`).
 *
 * Where classes have few samples, take `stratified`: else a resample loses some, and a class that does not
 * occur counts as 0 in macro averages, as it does in a report, which draws their intervals down.
 *
 * Calibration error, ROC AUC and average precision have none: the first is biased upwards by resampling,
 * and the others would be ranked again for each resample.
 *
 * @throws UserError as `bootstrapOptions` does
 */
export function bootstrapIntervals(
  scores: SampleScores,
  options: BootstrapOptions = {},
): BootstrapIntervals {
  const checked = bootstrapOptions(options);
  const intervals: BootstrapIntervals['intervals'] = {};
  if (scores.sampleCount > 0) {
    for (const [name, values] of resampledScalars(scores, checked)) {
      intervals[name] = percentileInterval(values, checked.level);
    }
  }
  return { method: 'bootstrap-percentile', ...checked, intervals };
}

/** Each scalar's value in each resample; NaN where it is undefined. */
function resampledScalars(
  scores: SampleScores,
  { resamples, seed, stratified }: Required<BootstrapOptions>,
): Map<IntervalScalar, Float64Array> {
  const values = new Map<IntervalScalar, Float64Array>();
  const means = [new Float64Array(resamples), new Float64Array(resamples)] as const;
  const strata = strataOf(scores.labels, scores.classCount, stratified);
  resampleMeans(new Random(seed, MEANS), [scores.loss, scores.brier], strata, means);

  const random = new Random(seed, COUNTS);
  const cells = sampleCells(scores);
  const sums = new CellSums(cells, scores.classCount, scores.sampleCount);
  const counts = new Float64Array(cells.count.length);
  const groups = cellGroups(cells.label, cells.count, stratified);
  for (let r = 0; r < resamples; r++) {
    for (const { start, end, total } of groups) {
      multinomial(random, total, cells.count, total, counts, start, end);
    }
    sums.fill(counts);
    for (const [name, value] of Object.entries(countScalars(sums, sums.bucketCounts))) {
      let column = values.get(name as CountScalar);
      if (!column) values.set(name as CountScalar, (column = new Float64Array(resamples)));
      column[r] = value ?? NaN;
    }
  }
  return values.set('loss', means[0]).set('brier', means[1]);
}

/** The cells that are drawn together: all, or those of each true class; cells are ordered by it. */
function cellGroups(
  label: Uint32Array,
  count: Uint32Array,
  stratified: boolean,
): { start: number; end: number; total: number }[] {
  const groups: { start: number; end: number; total: number }[] = [];
  for (let c = 0; c < count.length; c++) {
    const last = groups.at(-1);
    const own = count[c] as number;
    if (last && (!stratified || label[c] === label[c - 1])) {
      last.end = c + 1;
      last.total += own;
    } else {
      groups.push({ start: c, end: c + 1, total: own });
    }
  }
  return groups;
}
