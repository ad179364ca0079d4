/** Intervals of the differences of two classifiers' scalars on the same samples. */
import { UserError } from '../../errors';
import { TOP_K } from '../ranking/top-k';
import type { SampleScores } from '../sample-scores';
import { multinomial } from '../statistics/binomial';
import type { IntervalScalar } from '../statistics/bootstrap';
import { type BootstrapOptions, bootstrapOptions } from '../statistics/bootstrap-options';
import { type CountScalar, countScalars, rankBucket } from '../statistics/count-scalars';
import type { Interval } from '../statistics/interval';
import { percentileInterval } from '../statistics/percentile-interval';
import { Random } from '../statistics/random';
import { resampleMeans } from '../statistics/resample-means';
import { CellSums, type SampleCells } from '../statistics/sample-cells';
import { strataOf } from '../statistics/strata';

/** Streams of their own, apart from those of `bootstrapIntervals` and `differenceInterval`. */
const COUNTS = 4;
const MEANS = 5;

/** A draw for each kind of pair and resample; so many take some five seconds. */
const MAX_DRAWS = 100_000_000;

const BUCKETS = TOP_K.length + 1;

export type PairedIntervals = Partial<Record<IntervalScalar, Interval | null>>;

/**
 * Percentile intervals of scalar B − scalar A when pairs (label, A's and B's outputs) are drawn again, both
 * sides from the same resample: what makes a sample hard for both does not widen them. As in
 * `bootstrapIntervals`, scalars of counts are drawn as one multinomial over the kinds of pairs that occur,
 * loss and Brier score from the samples' own differences. That of the accuracy is left to
 * `differenceInterval`, which holds with few pairs that differ; these say [0, 0] where none does.
 * Source: B. Efron & R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, 8.3; null as
 * `percentileInterval` has it.
 *
 * @param a the baseline's scores
 * @param b the candidate's, of the same samples in the same order
 * @throws UserError COMPARISON_LENGTHS_DIFFER, COMPARISON_TOO_COSTLY, as `bootstrapOptions` does
 */
export function pairedIntervals(
  a: SampleScores,
  b: SampleScores,
  options: Omit<BootstrapOptions, 'stratified'> = {},
): PairedIntervals {
  const { resamples, seed, level } = bootstrapOptions(options);
  checkPaired(a, b);
  if (a.sampleCount === 0) return {};
  const pairs = pairCells(a, b);
  checkCost(pairs.count.length, resamples);
  const values = countDifferences(pairs, a, { resamples, seed });
  const means = { loss: new Float64Array(resamples), brier: new Float64Array(resamples) };
  resampleMeans(
    new Random(seed, MEANS),
    [differences(a.loss, b.loss), differences(a.brier, b.brier)],
    strataOf(a.labels, a.classCount, false),
    [means.loss, means.brier],
  );
  const intervals: PairedIntervals = {};
  for (const [name, column] of [...values, ...Object.entries(means)]) {
    intervals[name as IntervalScalar] = percentileInterval(column, level);
  }
  return intervals;
}

/** Each count scalar's difference in each resample; NaN where one side is undefined. */
function countDifferences(
  pairs: PairCells,
  { classCount, sampleCount }: SampleScores,
  { resamples, seed }: { resamples: number; seed: number },
): Map<CountScalar, Float64Array> {
  const random = new Random(seed, COUNTS);
  const sumsA = new CellSums(pairs.a, classCount, sampleCount);
  const sumsB = new CellSums(pairs.b, classCount, sampleCount);
  const counts = new Float64Array(pairs.count.length);
  const values = new Map<CountScalar, Float64Array>();
  for (let r = 0; r < resamples; r++) {
    multinomial(random, sampleCount, pairs.count, sampleCount, counts, 0, counts.length);
    sumsA.fill(counts);
    sumsB.fill(counts);
    const ofA = countScalars(sumsA, sumsA.bucketCounts);
    const ofB = countScalars(sumsB, sumsB.bucketCounts);
    for (const [key, valueB] of Object.entries(ofB)) {
      const name = key as CountScalar;
      if (name === 'accuracy') continue;
      let column = values.get(name);
      if (!column) values.set(name, (column = new Float64Array(resamples)));
      column[r] = (valueB ?? NaN) - (ofA[name] ?? NaN);
    }
  }
  return values;
}

/** The kinds of pairs that occur, as A's and as B's cells: entry by entry the same pairs. */
interface PairCells {
  a: SampleCells;
  b: SampleCells;
  count: Uint32Array;
}

function pairCells(a: SampleScores, b: SampleScores): PairCells {
  const { classCount, sampleCount } = a;
  const keys = new Float64Array(sampleCount);
  for (let i = 0; i < sampleCount; i++) {
    keys[i] = cellOf(a, i) * classCount * BUCKETS + cellOf(b, i) - labelPart(b, i);
  }
  const order = Uint32Array.from(keys.keys()).sort(
    (i, j) => (keys[i] as number) - (keys[j] as number),
  );
  const starts: number[] = [];
  order.forEach((i, place) => {
    if (place === 0 || keys[i] !== keys[order[place - 1] as number]) starts.push(place);
  });
  const count = Uint32Array.from(starts, (start, c) => (starts[c + 1] ?? sampleCount) - start);
  const firsts = starts.map((start) => order[start] as number);
  const cells = (scores: SampleScores): SampleCells => ({
    label: Uint32Array.from(firsts, (i) => scores.labels[i] as number),
    predicted: Uint32Array.from(firsts, (i) => scores.predicted[i] as number),
    bucket: Uint32Array.from(firsts, (i) => rankBucket(scores.rank[i] as number)),
    count,
  });
  return { a: cells(a), b: cells(b), count };
}

/** One number a cell (label, predicted class, bucket of the label's rank). */
function cellOf(scores: SampleScores, i: number): number {
  const pair = (scores.labels[i] as number) * scores.classCount + (scores.predicted[i] as number);
  return pair * BUCKETS + rankBucket(scores.rank[i] as number);
}

function labelPart({ labels, classCount }: SampleScores, i: number): number {
  return (labels[i] as number) * classCount * BUCKETS;
}

function differences(a: Float64Array, b: Float64Array): Float64Array {
  return b.map((value, i) => value - (a[i] as number));
}

function checkPaired(a: SampleScores, b: SampleScores): void {
  const same = a.sampleCount === b.sampleCount && a.classCount === b.classCount;
  if (same && a.labels.every((label, i) => label === b.labels[i])) return;
  throw new UserError(
    'COMPARISON_LENGTHS_DIFFER',
    'A comparison needs both predictions of every sample: compare results on the same samples.',
  );
}

function checkCost(kinds: number, resamples: number): void {
  const max = Math.floor(MAX_DRAWS / kinds);
  if (resamples <= max) return;
  throw new UserError(
    'COMPARISON_TOO_COSTLY',
    `${resamples} resamples of ${kinds} kinds of pairs take too long: ask for at most ${max} resamples.`,
    { details: { resamples, max } },
  );
}
