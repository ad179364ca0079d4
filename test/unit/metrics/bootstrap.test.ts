import { scoreSamples, type SampleScores } from '../../../src/metrics/sample-scores';
import {
  type BootstrapIntervals,
  bootstrapIntervals,
} from '../../../src/metrics/statistics/bootstrap';
import type { Interval } from '../../../src/metrics/statistics/interval';
import { Random } from '../../../src/metrics/statistics/random';
import { MAX_DRAWN_SAMPLES, resampleMeans } from '../../../src/metrics/statistics/resample-means';
import { strataOf } from '../../../src/metrics/statistics/strata';

function noisyScores(sampleCount: number, classCount: number, seed = 1): SampleScores {
  const random = new Random(seed);
  const labels = Array.from({ length: sampleCount }, (_, i) => (i * i) % classCount);
  const outputs = labels.flatMap((label) =>
    Array.from({ length: classCount }, (_, k) => 3 * random.unit() + (k === label ? 1 : 0)),
  );
  return scoreSamples({ outputs, labels, classCount });
}

const widthOf = (interval: Interval | null | undefined): number =>
  interval ? interval.high - interval.low : NaN;

test('every scalar has an interval around it, told with how it was made', () => {
  const found = bootstrapIntervals(noisyScores(500, 6), { seed: 3, resamples: 400 });
  expect(found).toMatchObject({
    method: 'bootstrap-percentile',
    level: 0.95,
    resamples: 400,
    seed: 3,
    stratified: false,
  });
  expect(Object.keys(found.intervals).sort()).toEqual([
    'accuracy',
    'balancedAccuracy',
    'brier',
    'cohenKappa',
    'loss',
    'macroF1',
    'macroPrecision',
    'macroRecall',
    'matthewsCorrcoef',
    'top2',
    'top3',
    'top5',
    'weightedF1',
    'weightedPrecision',
  ]);
  for (const interval of Object.values(found.intervals)) {
    expect(widthOf(interval)).toBeGreaterThan(0);
    expect(widthOf(interval)).toBeLessThan(0.3);
  }
});

test('the same seed gives the same intervals, another seed others; a higher level wider ones', () => {
  const scores = noisyScores(300, 3);
  const of = (seed: number, level = 0.95): BootstrapIntervals['intervals'] =>
    bootstrapIntervals(scores, { seed, level, resamples: 300 }).intervals;
  expect(of(1)).toEqual(of(1));
  expect(of(2)).not.toEqual(of(1));
  expect(widthOf(of(1, 0.99).accuracy)).toBeGreaterThan(widthOf(of(1).accuracy));
});

test('stratified resamples keep the classes’ sizes, so that what hangs on them alone does not vary', () => {
  // A constant guess: its accuracy is the share of class 0, which a stratified resample never changes.
  const labels = Array.from({ length: 200 }, (_, i) => (i < 150 ? 0 : 1));
  const scores = scoreSamples({ outputs: labels.flatMap(() => [1, 0]), labels, classCount: 2 });
  const free = bootstrapIntervals(scores, { seed: 5 }).intervals;
  const fixed = bootstrapIntervals(scores, { seed: 5, stratified: true }).intervals;
  expect(fixed.accuracy).toEqual({ low: 0.75, high: 0.75 });
  expect(widthOf(fixed.loss)).toBeLessThan(1e-12);
  expect(widthOf(free.accuracy)).toBeCloseTo(2 * 1.96 * Math.sqrt((0.75 * 0.25) / 200), 1);
  expect(widthOf(free.loss)).toBeGreaterThan(0.05);
});

test('where a scalar is undefined its interval is null', () => {
  const scores = scoreSamples({ outputs: [1, 0, 1, 0], labels: [0, 0], classCount: 2 });
  const { intervals } = bootstrapIntervals(scores, { resamples: 50 });
  expect(intervals.cohenKappa).toBeNull();
  expect(intervals.accuracy).toEqual({ low: 1, high: 1 });
  const none = scoreSamples({ outputs: [], labels: [], classCount: 2 });
  expect(bootstrapIntervals(none).intervals).toEqual({});
});

test.each([
  ['drawn one by one', MAX_DRAWN_SAMPLES],
  ['of the normal limit', MAX_DRAWN_SAMPLES + 1],
])('resampled means have the mean and the standard error of the samples: %s', (_, sampleCount) => {
  const random = new Random(7);
  const labels = Uint32Array.from({ length: sampleCount }, (_, i) => i % 3);
  // Skewed as losses are, and of another size in each class, which a stratified resample leaves out of the error.
  const losses = Float64Array.from(
    labels,
    (label) => (-Math.log(1 - random.unit())) ** 2 + 4 * label,
  );
  const within = [0, 1, 2].map((k) => spreadOf(losses.filter((_, i) => labels[i] === k)));
  const { mean, deviation } = spreadOf(losses);
  const inner = Math.sqrt(within.reduce((sum, of) => sum + of.deviation ** 2 / 3, 0));
  for (const stratified of [false, true]) {
    const means = new Float64Array(400);
    resampleMeans(new Random(1), [losses], strataOf(labels, 3, stratified), [means]);
    const found = spreadOf(means);
    const error = (stratified ? inner : deviation) / Math.sqrt(sampleCount);
    expect(Math.abs(found.mean - mean)).toBeLessThan((4 * error) / 20);
    expect(Math.abs(found.deviation / error - 1)).toBeLessThan(4 * Math.sqrt(1 / 800));
  }
});

function spreadOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

test('a thousand classes have intervals too', () => {
  const { intervals } = bootstrapIntervals(noisyScores(2_000, 1_000), { resamples: 20 });
  expect(widthOf(intervals.macroF1)).toBeGreaterThan(0);
});

test('options that make no sense are refused with what would', () => {
  const scores = noisyScores(10, 2);
  const bad = [
    [{ level: 95 }, 'CONFIDENCE_LEVEL_INVALID'],
    [{ resamples: 0 }, 'BOOTSTRAP_RESAMPLES_INVALID'],
    [{ resamples: 1e9 }, 'BOOTSTRAP_RESAMPLES_INVALID'],
    [{ seed: -1 }, 'BOOTSTRAP_SEED_INVALID'],
    [{ seed: 0.5 }, 'BOOTSTRAP_SEED_INVALID'],
  ] as const;
  for (const [options, code] of bad) {
    expect(() => bootstrapIntervals(scores, options)).toThrow(
      expect.objectContaining({ code, kind: 'user' }) as Error,
    );
  }
});
