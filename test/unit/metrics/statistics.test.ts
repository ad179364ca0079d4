import { binomial, multinomial } from '../../../src/metrics/statistics/binomial';
import { normalQuantile } from '../../../src/metrics/statistics/normal-quantile';
import { percentileInterval } from '../../../src/metrics/statistics/percentile-interval';
import { Random } from '../../../src/metrics/statistics/random';
import { strataOf } from '../../../src/metrics/statistics/strata';
import { wilsonInterval } from '../../../src/metrics/statistics/wilson-interval';

test("the normal quantile equals scipy's norm.ppf", () => {
  const known: [number, number][] = [
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
  ];
  for (const [p, z] of known) expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-14);
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  expect(normalQuantile(1.1)).toBeNaN();
});

test('the Wilson interval never leaves 0…1 nor shrinks to a point, and needs a sample and a level', () => {
  expect(wilsonInterval(0, 5)?.low).toBe(0);
  expect(wilsonInterval(0, 5)?.high).toBeCloseTo(0.4345, 4);
  expect(wilsonInterval(5, 5)?.low).toBeCloseTo(0.5655, 4);
  expect(wilsonInterval(5, 5)?.high).toBe(1);
  expect(wilsonInterval(0, 0)).toBeNull();
  for (const level of [0, 1, NaN]) {
    expect(() => wilsonInterval(1, 2, level)).toThrow(
      expect.objectContaining({ code: 'CONFIDENCE_LEVEL_INVALID' }) as Error,
    );
  }
});

test('the generator gives the same numbers of a seed for ever, others of another seed or stream', () => {
  const first = (seed: number, stream?: number) => {
    const random = new Random(seed, stream);
    return Array.from({ length: 4 }, () => random.next());
  };
  expect(first(42)).toEqual([2180834394, 1350328659, 1924803457, 2864904299]);
  expect(first(42)).toEqual(first(42));
  expect(first(43)).not.toEqual(first(42));
  expect(first(42, 1)).not.toEqual(first(42));
});

test('counting draws in an array draws what drawing one by one does', () => {
  const counted = new Int32Array(100).fill(5);
  const random = new Random(1);
  random.addWithin(counted, 10, 90, 256);
  const other = new Random(1);
  const expected = new Int32Array(100).fill(5);
  for (let i = 0; i < 80; i++) {
    const drawn = 10 + other.below(80);
    expected[drawn] = (expected[drawn] as number) + 256;
  }
  expect(counted).toEqual(expected);
  expect(random.next()).toBe(other.next());
});

/** P(X = k) by the recurrence from k = 0. */
function binomialProbabilities(trials: number, p: number): number[] {
  const all = [(1 - p) ** trials];
  for (let k = 1; k <= trials; k++) {
    all.push(((all[k - 1] as number) * (trials - k + 1) * p) / (k * (1 - p)));
  }
  return all;
}

test.each([
  ['walk', 40, 0.1],
  ['walk of the complement', 12, 0.7],
  ['rejection', 60, 0.3],
  ['rejection near its lower end', 100, 0.1],
  ['rejection of the complement', 200, 0.9],
])('binomial counts have their distribution: %s', (_, trials, p) => {
  const draws = 100_000;
  const random = new Random(17);
  const seen = new Float64Array(trials + 1);
  for (let i = 0; i < draws; i++) {
    const count = binomial(random, trials, p);
    seen[count] = (seen[count] as number) + 1;
  }
  // Pearson's χ² over the counts that are expected at least ten times.
  let chiSquare = 0;
  let cells = 0;
  binomialProbabilities(trials, p).forEach((probability, k) => {
    const expected = probability * draws;
    if (expected < 10) return;
    chiSquare += ((seen[k] as number) - expected) ** 2 / expected;
    cells++;
  });
  // Mean + 4 deviations of χ² with that many degrees of freedom.
  expect(chiSquare).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
});

test('large binomial counts have the right mean and spread, and the ends are certain', () => {
  const random = new Random(23);
  const draws = Array.from({ length: 20_000 }, () => binomial(random, 1_000_000, 0.37));
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean - 370_000)).toBeLessThan(4 * Math.sqrt(233_100 / 20_000));
  expect(variance / 233_100).toBeCloseTo(1, 1);
  expect([binomial(random, 9, 0), binomial(random, 9, 1), binomial(random, 0, 0.5)]).toEqual([
    0, 9, 0,
  ]);
});

test('multinomial counts sum to the draws and follow the weights', () => {
  const random = new Random(29);
  const weights = [5, 0, 1, 94];
  const sums = [0, 0, 0, 0];
  const counts = new Float64Array(4);
  for (let r = 0; r < 5_000; r++) {
    multinomial(random, 100, weights, 100, counts, 0, 4);
    expect(counts.reduce((a, b) => a + b)).toBe(100);
    counts.forEach((count, i) => (sums[i] = (sums[i] ?? 0) + count));
  }
  expect(sums[1]).toBe(0);
  weights.forEach((weight, i) => {
    const deviation = Math.sqrt((weight * (1 - weight / 100)) / 5_000);
    expect(Math.abs((sums[i] ?? 0) / 5_000 - weight)).toBeLessThanOrEqual(4 * deviation);
  });
});

test('percentiles are those of R + 1 equally likely places, and too many undefined values give null', () => {
  const many = Float64Array.from({ length: 199 }, (_, i) => 199 - i);
  const interval = percentileInterval(many, 0.95);
  expect(interval?.low).toBeCloseTo(5, 12);
  expect(interval?.high).toBeCloseTo(195, 12);
  expect(percentileInterval(Float64Array.of(2, 1), 0.95)).toEqual({ low: 1, high: 2 });
  expect(percentileInterval(Float64Array.of(3), 0.95)).toEqual({ low: 3, high: 3 });
  const few = Float64Array.from({ length: 100 }, (_, i) => (i < 5 ? NaN : 1));
  expect(percentileInterval(few, 0.94)).toEqual({ low: 1, high: 1 });
  expect(percentileInterval(few, 0.96)).toBeNull();
  expect(percentileInterval(Float64Array.of(NaN), 0.5)).toBeNull();
});

test('strata hold the samples of one class each, and none is empty', () => {
  const { order, bounds } = strataOf(Uint32Array.of(3, 0, 3, 1), 5, true);
  expect([...order]).toEqual([1, 3, 0, 2]);
  expect(bounds).toEqual([0, 1, 2, 4]);
  expect(strataOf(Uint32Array.of(3, 0), 5, false).bounds).toEqual([0, 2]);
});
