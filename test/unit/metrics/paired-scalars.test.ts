/** Intervals of differences: equal to drawing pairs one by one, and as sure as they say. */
import { pairedIntervals } from '../../../src/metrics/comparison/paired-scalars';
import { fullReport } from '../../../src/metrics/full-report';
import { type SampleScores, scoreSamples } from '../../../src/metrics/sample-scores';
import { countScalars, rankBucket } from '../../../src/metrics/statistics/count-scalars';
import { marginsOf } from '../../../src/metrics/margins';
import { percentileInterval } from '../../../src/metrics/statistics/percentile-interval';
import { Random } from '../../../src/metrics/statistics/random';

const CLASSES = 4;

interface Pair {
  label: number;
  a: number[];
  b: number[];
}

/** Both see the same hard samples; `skill` is by how much the logit of the true class is raised. */
function pairOf(random: Random, skillA: number, skillB: number): Pair {
  const label = random.below(CLASSES);
  const shared = Array.from({ length: CLASSES }, () => 2 * random.unit());
  const logits = (skill: number) =>
    shared.map((noise, k) => noise + random.unit() + (k === label ? skill : 0));
  return { label, a: logits(skillA), b: logits(skillB) };
}

function pairsOf(random: Random, n: number, skillA: number, skillB: number): Pair[] {
  return Array.from({ length: n }, () => pairOf(random, skillA, skillB));
}

function scoresOf(pairs: readonly Pair[], side: 'a' | 'b'): SampleScores {
  return scoreSamples({
    outputs: pairs.flatMap((pair) => pair[side]),
    labels: pairs.map(({ label }) => label),
    classCount: CLASSES,
  });
}

const intervalsOf = (pairs: readonly Pair[], options = {}) =>
  pairedIntervals(scoresOf(pairs, 'a'), scoresOf(pairs, 'b'), options);

/** Every scalar but the accuracy, from the whole report: other code than the one that resamples. */
function scalarsOf(pairs: readonly Pair[], side: 'a' | 'b'): Record<string, number> {
  const { report } = fullReport({
    outputs: pairs.flatMap((pair) => pair[side]),
    labels: pairs.map(({ label }) => label),
    classCount: CLASSES,
  });
  return {
    balancedAccuracy: report.balancedAccuracy,
    macroPrecision: report.macro.precision,
    macroRecall: report.macro.recall,
    macroF1: report.macro.f1,
    weightedPrecision: report.weighted.precision,
    weightedF1: report.weighted.f1,
    cohenKappa: report.cohenKappa ?? NaN,
    matthewsCorrcoef: report.matthewsCorrcoef,
    top2: report.topK[2] ?? NaN,
    top3: report.topK[3] ?? NaN,
    loss: report.loss,
    brier: report.brier,
  };
}

test('they equal the percentiles of pairs drawn one by one, up to what drawing varies', () => {
  const pairs = pairsOf(new Random(1), 300, 0.8, 1.1);
  const resamples = 2_000;
  const found = intervalsOf(pairs, { resamples: 10_000, seed: 7 });
  const random = new Random(99, 42);
  const names = Object.keys(scalarsOf(pairs, 'a'));
  const drawn = new Map(names.map((name) => [name, new Float64Array(resamples)]));
  for (let r = 0; r < resamples; r++) {
    const again = pairs.map(() => pairs[random.below(pairs.length)] as Pair);
    const [a, b] = [scalarsOf(again, 'a'), scalarsOf(again, 'b')];
    for (const [name, column] of drawn) column[r] = (b[name] ?? NaN) - (a[name] ?? NaN);
  }
  expect(Object.keys(found).sort()).toEqual(names.sort());
  for (const [name, column] of drawn) {
    const expected = percentileInterval(column, 0.95);
    const interval = found[name as keyof typeof found];
    if (!expected || !interval) throw new Error(`${name} has no interval`);
    // Shares of 300 samples come in steps.
    const tolerance = Math.max(0.08 * (expected.high - expected.low), 1.01 / pairs.length);
    expect(Math.abs(interval.low - expected.low)).toBeLessThan(tolerance);
    expect(Math.abs(interval.high - expected.high)).toBeLessThan(tolerance);
  }
});

test('the same seed gives the same, another one not; exchanging the two turns the sign', () => {
  const pairs = pairsOf(new Random(2), 500, 0.5, 0.9);
  const once = intervalsOf(pairs, { seed: 3 });
  expect(intervalsOf(pairs, { seed: 3 })).toEqual(once);
  expect(intervalsOf(pairs, { seed: 4 })).not.toEqual(once);
  const turned = pairedIntervals(scoresOf(pairs, 'b'), scoresOf(pairs, 'a'), {
    seed: 3,
    resamples: 10_000,
  });
  const straight = intervalsOf(pairs, { seed: 3, resamples: 10_000 });
  for (const [name, interval] of Object.entries(straight)) {
    const other = turned[name as keyof typeof turned];
    if (!interval || !other) throw new Error(`${name} has no interval`);
    expect(Math.abs(interval.low + other.high)).toBeLessThan(0.005);
    expect(Math.abs(interval.high + other.low)).toBeLessThan(0.005);
  }
});

test('a classifier does not differ from itself', () => {
  const scores = scoresOf(pairsOf(new Random(5), 100, 1, 1), 'a');
  for (const interval of Object.values(pairedIntervals(scores, scores))) {
    expect(interval).toEqual({ low: 0, high: 0 });
  }
});

test('what can not be paired, resampled or paid for is refused', () => {
  const pairs = pairsOf(new Random(6), 50, 1, 1);
  const scores = scoresOf(pairs, 'a');
  const codeOf = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  expect(codeOf(() => pairedIntervals(scores, scoresOf(pairs.slice(1), 'b')))).toBe(
    'COMPARISON_LENGTHS_DIFFER',
  );
  expect(codeOf(() => pairedIntervals(scores, scoresOf([...pairs].reverse(), 'b')))).toBe(
    'COMPARISON_LENGTHS_DIFFER',
  );
  expect(codeOf(() => intervalsOf(pairs, { resamples: 10_001 }))).toBe(
    'BOOTSTRAP_RESAMPLES_INVALID',
  );
  // Hardly two of 11,000 pairs are of one kind.
  const wide = (seed: number) => {
    const predicted = new Random(seed);
    const outputs = new Uint8Array(11_000 * 120);
    for (let i = 0; i < 11_000; i++) outputs[i * 120 + predicted.below(120)] = 1;
    const labels = Array.from({ length: 11_000 }, (_, i) => i % 120);
    return scoreSamples({ outputs, labels, classCount: 120 });
  };
  expect(codeOf(() => pairedIntervals(wide(11), wide(13), { resamples: 10_000 }))).toBe(
    'COMPARISON_TOO_COSTLY',
  );
  expect(pairedIntervals(scoresOf([], 'a'), scoresOf([], 'b'))).toEqual({});
});

test('at n = 400 the interval of each difference holds the true one at least 93 times in 100', () => {
  const simulations = 2_000;
  const n = 400;
  const random = new Random(2024);
  // The truth: of 400,000 pairs, whose own error is a thirtieth of what 400 vary by.
  const many = pairsOf(new Random(77), 400_000, 0.8, 1.0);
  const truth = scalarDifferences(many);
  const covered = new Map<string, number>();
  for (let s = 0; s < simulations; s++) {
    const pairs = pairsOf(random, n, 0.8, 1.0);
    const intervals = intervalsOf(pairs, { resamples: 200, seed: s });
    for (const [name, interval] of Object.entries(intervals)) {
      const value = truth[name] ?? NaN;
      if (interval && interval.low <= value && value <= interval.high) {
        covered.set(name, (covered.get(name) ?? 0) + 1);
      }
    }
  }
  expect(covered.size).toBe(12);
  for (const [name, count] of covered) {
    expect([name, count / simulations >= 0.93]).toEqual([name, true]);
  }
}, 300_000);

function scalarDifferences(pairs: readonly Pair[]): Record<string, number> {
  const of = (side: 'a' | 'b'): Record<string, number> => {
    const scores = scoresOf(pairs, side);
    const matrix = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
    const buckets = new Array<number>(5).fill(0);
    let loss = 0;
    let brier = 0;
    for (let i = 0; i < pairs.length; i++) {
      const row = matrix[scores.labels[i] ?? 0] ?? [];
      row[scores.predicted[i] ?? 0] = (row[scores.predicted[i] ?? 0] ?? 0) + 1;
      const bucket = rankBucket(scores.rank[i] ?? 0);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      loss += (scores.loss[i] ?? NaN) / pairs.length;
      brier += (scores.brier[i] ?? NaN) / pairs.length;
    }
    return { ...(countScalars(marginsOf(matrix), buckets) as Record<string, number>), loss, brier };
  };
  const [a, b] = [of('a'), of('b')];
  return Object.fromEntries(
    Object.keys(b).map((name) => [name, (b[name] ?? NaN) - (a[name] ?? NaN)]),
  );
}
