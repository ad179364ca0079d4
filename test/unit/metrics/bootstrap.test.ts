import { type Predictions, scoreSamples } from '../../../src/metrics/sample-scores';
import {
  type BootstrapIntervals,
  bootstrapIntervals,
  OTHER_METHODS,
} from '../../../src/metrics/statistics/bootstrap';
import type { BootstrapOptions } from '../../../src/metrics/statistics/bootstrap-options';
import type { Interval } from '../../../src/metrics/statistics/interval';
import { Random } from '../../../src/metrics/statistics/random';
import { MAX_DRAWN_SAMPLES } from '../../../src/metrics/statistics/resample-counts';
import { resampleMeans } from '../../../src/metrics/statistics/resample-means';
import { strataOf } from '../../../src/metrics/statistics/strata';

function noisyPredictions(sampleCount: number, classCount: number, seed = 1): Predictions {
  const random = new Random(seed);
  const labels = Array.from({ length: sampleCount }, (_, i) => (i * i) % classCount);
  const outputs = labels.flatMap((label) =>
    Array.from({ length: classCount }, (_, k) => 3 * random.unit() + (k === label ? 1 : 0)),
  );
  return { outputs, labels, classCount };
}

const intervalsOf = (predictions: Predictions, options?: BootstrapOptions): BootstrapIntervals =>
  bootstrapIntervals(predictions, scoreSamples(predictions), options);

const widthOf = (interval: Interval | null | undefined): number =>
  interval ? interval.high - interval.low : NaN;

test('every scalar has an interval around it, told with how it was made', () => {
  const found = intervalsOf(noisyPredictions(500, 6), { seed: 3, resamples: 400 });
  expect(found).toMatchObject({
    method: 'bootstrap-percentile',
    otherMethods: OTHER_METHODS,
    level: 0.95,
    resamples: 400,
    seed: 3,
    stratified: false,
  });
  expect(Object.keys(found.intervals).sort()).toEqual([
    'accuracy',
    'averagePrecisionMacro',
    'balancedAccuracy',
    'brier',
    'cohenKappa',
    'expectedCalibrationError',
    'loss',
    'macroF1',
    'macroPrecision',
    'macroRecall',
    'matthewsCorrcoef',
    'rocAucMacro',
    'rocAucWeighted',
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
  const predictions = noisyPredictions(300, 3);
  const of = (seed: number, level = 0.95): BootstrapIntervals['intervals'] =>
    intervalsOf(predictions, { seed, level, resamples: 300 }).intervals;
  expect(of(1)).toEqual(of(1));
  expect(of(2)).not.toEqual(of(1));
  for (const name of ['accuracy', 'rocAucMacro', 'averagePrecisionMacro'] as const) {
    expect(widthOf(of(1, 0.99)[name])).toBeGreaterThan(widthOf(of(1)[name]));
  }
});

test('stratified resamples keep the classes’ sizes, so that what hangs on them alone does not vary', () => {
  // A constant guess: its accuracy is the share of class 0, which a stratified resample never changes.
  const labels = Array.from({ length: 200 }, (_, i) => (i < 150 ? 0 : 1));
  const constant = { outputs: labels.flatMap(() => [1, 0]), labels, classCount: 2 };
  const free = intervalsOf(constant, { seed: 5 }).intervals;
  const fixed = intervalsOf(constant, { seed: 5, stratified: true }).intervals;
  expect(fixed.accuracy).toEqual({ low: 0.75, high: 0.75 });
  expect(widthOf(fixed.loss)).toBeLessThan(1e-12);
  expect(widthOf(free.accuracy)).toBeCloseTo(2 * 1.96 * Math.sqrt((0.75 * 0.25) / 200), 1);
  expect(widthOf(free.loss)).toBeGreaterThan(0.05);
});

test('where a scalar is undefined its interval is null', () => {
  const one = { outputs: [1, 0, 1, 0], labels: [0, 0], classCount: 2 };
  const { intervals } = intervalsOf(one, { resamples: 50 });
  expect(intervals).toMatchObject({
    cohenKappa: null,
    rocAucMacro: null,
    rocAucWeighted: null,
    averagePrecisionMacro: null,
  });
  expect(intervals.accuracy).toEqual({ low: 1, high: 1 });
  expect(intervalsOf({ outputs: [], labels: [], classCount: 2 }).intervals).toEqual({});
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
  const { intervals } = intervalsOf(noisyPredictions(2_000, 1_000), { resamples: 20 });
  for (const interval of Object.values(intervals)) expect(widthOf(interval)).toBeGreaterThan(0);
});

test('options that make no sense are refused with what would', () => {
  const predictions = noisyPredictions(10, 2);
  const bad = [
    [{ level: 95 }, 'CONFIDENCE_LEVEL_INVALID'],
    [{ resamples: 0 }, 'BOOTSTRAP_RESAMPLES_INVALID'],
    [{ resamples: 1e9 }, 'BOOTSTRAP_RESAMPLES_INVALID'],
    [{ seed: -1 }, 'BOOTSTRAP_SEED_INVALID'],
    [{ seed: 0.5 }, 'BOOTSTRAP_SEED_INVALID'],
  ] as const;
  for (const [options, code] of bad) {
    expect(() => intervalsOf(predictions, options)).toThrow(
      expect.objectContaining({ code, kind: 'user' }) as Error,
    );
  }
});

test('past the bound of ranking, and of drawing, the intervals of ranked scalars go on as they were', () => {
  // 20,000 × 10 are ranked in 200 resamples, not in 3,000; 70,000 samples are drawn no more.
  const few = intervalsOf(noisyPredictions(20_000, 10), { resamples: 200 }).intervals;
  const many = intervalsOf(noisyPredictions(20_000, 10), { resamples: 3_000 }).intervals;
  const normal = intervalsOf(noisyPredictions(70_000, 10), { resamples: 3_000 }).intervals;
  for (const name of [
    'rocAucMacro',
    'rocAucWeighted',
    'averagePrecisionMacro',
    'expectedCalibrationError',
  ] as const) {
    // 200 resamples put the ends off by some tenths of a standard error, a quarter of the width each.
    expect(Math.abs(widthOf(few[name]) / widthOf(many[name]) - 1)).toBeLessThan(0.25);
    expect(Math.abs((few[name]?.low ?? 0) - (many[name]?.low ?? 1))).toBeLessThan(
      0.2 * widthOf(many[name]),
    );
    expect(widthOf(normal[name]) / widthOf(many[name])).toBeCloseTo(Math.sqrt(2 / 7), 1);
  }
});
