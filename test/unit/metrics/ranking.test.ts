import fc from 'fast-check';
import { averagePrecision, rocAuc } from '../../../src/metrics/ranking/areas';
import { precisionRecallCurve } from '../../../src/metrics/ranking/precision-recall-curve';
import { type RankCounts, rankCounts } from '../../../src/metrics/ranking/rank-counts';
import { AREA_TOLERANCE, rocCurve, type RocPoint } from '../../../src/metrics/ranking/roc-curve';
import { Random } from '../../../src/metrics/statistics/random';
import { areaOfSteps, areaUnder } from './areas';

function countsOf(scores: readonly number[], labels: readonly number[]): RankCounts {
  const positives = labels.filter((label) => label === 1).length;
  return rankCounts(Float64Array.from(scores), labels, 1, positives);
}

/** By its definition: every pair of a positive and a negative. */
function aucByPairs(scores: readonly number[], labels: readonly number[]): number {
  const of = (label: number) => scores.filter((_, i) => labels[i] === label);
  let won = 0;
  for (const a of of(1)) for (const b of of(0)) won += a > b ? 1 : a === b ? 0.5 : 0;
  return won / of(1).length / of(0).length;
}

/** By its definition: every score is a threshold. */
function apByThresholds(scores: readonly number[], labels: readonly number[]): number {
  const all = labels.filter((label) => label === 1).length;
  let area = 0;
  let before = 0;
  for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
    const taken = labels.filter((_, i) => (scores[i] as number) >= threshold);
    const found = taken.filter((label) => label === 1).length;
    area += ((found - before) / all) * (found / taken.length);
    before = found;
  }
  return area;
}

/** Scores as a classifier's: many near 0 and 1, many equal, some a rounding outside of 0…1. */
const score = fc.oneof(
  fc.constantFrom(0, 1, 0.5, -0, -1e-7, 1 + 1e-7),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(20).map((n) => n / 20),
  fc.nat(300).map((n) => 2 ** -n),
);
const samples = (maxLength: number) =>
  fc
    .array(fc.record({ score, label: fc.nat(1) }), { minLength: 2, maxLength })
    .filter((all) => new Set(all.map(({ label }) => label)).size === 2);

test.each([
  ['few samples', 40, 2_000],
  ['enough of the class for the table of scores', 400, 200],
])('areas equal their definitions over pairs and thresholds: %s', (_, maxLength, numRuns) => {
  fc.assert(
    fc.property(samples(maxLength), (all) => {
      const scores = all.map((one) => one.score);
      const labels = all.map((one) => one.label);
      const counts = countsOf(scores, labels);
      expect(rocAuc(counts)).toBeCloseTo(aucByPairs(scores, labels), 12);
      expect(averagePrecision(counts)).toBeCloseTo(apByThresholds(scores, labels), 12);
    }),
    { numRuns },
  );
});

test('with thousands of scores of every size the table finds the same places as the definition', () => {
  const random = new Random(3);
  const labels = Array.from({ length: 3_000 }, () => random.below(2));
  const scores = labels.map((label) => {
    const size = 2 ** -random.below(50) * random.unit();
    return random.below(3) === 0 ? size : label === 1 ? 1 - size : size;
  });
  expect(rocAuc(countsOf(scores, labels))).toBeCloseTo(aucByPairs(scores, labels), 12);
});

test('a class without samples, or with all, has neither areas nor curves', () => {
  for (const labels of [
    [0, 0],
    [1, 1],
  ]) {
    const counts = countsOf([0.1, 0.9], labels);
    expect(rocAuc(counts)).toBeNull();
    expect(averagePrecision(counts)).toBeNull();
    expect(rocCurve(counts)).toBeNull();
    expect(precisionRecallCurve(counts)).toBeNull();
  }
});

test('a small ROC curve has all its corners, with the thresholds of the class’s own scores', () => {
  const curve = rocCurve(countsOf([0.9, 0.8, 0.7, 0.7, 0.1], [1, 0, 1, 0, 0]));
  const at = (falsePositiveRate: number, truePositiveRate: number, threshold: number | null) => ({
    falsePositiveRate,
    truePositiveRate,
    threshold,
  });
  expect(curve).toEqual([
    at(0, 0, null),
    at(0, 0.5, 0.9),
    at(1 / 3, 0.5, null),
    at(2 / 3, 1, 0.7),
    at(1, 1, null),
  ]);
});

test('a small precision-recall curve has a step for each score of the class', () => {
  const curve = precisionRecallCurve(countsOf([0.9, 0.8, 0.7, 0.7, 0.1], [1, 0, 1, 0, 0]));
  expect(curve).toEqual([
    { recall: 0.5, precision: 1, threshold: 0.9 },
    { recall: 1, precision: 0.5, threshold: 0.7 },
  ]);
});

/** 20,000 samples whose ROC curve is of a given kind. */
function population(kind: string): RankCounts {
  const random = new Random(11);
  const labels = Array.from({ length: 20_000 }, (_, i) => {
    // A staircase of equal steps, of which none can be left out without moving the area to one side.
    if (kind === 'staircase') return Math.floor(i / 10) % 2;
    return random.below(kind === 'rare' ? 100 : 2) === 0 ? 1 : 0;
  });
  const scores = labels.map((label, i) => {
    if (kind === 'staircase') return i / 20_000;
    if (kind === 'chance') return random.unit();
    const shift = kind === 'sharp' ? 0.97 : 0.4;
    return label === 1 ? shift + (1 - shift) * random.unit() : random.unit();
  });
  return countsOf(scores, labels);
}

test.each(['staircase', 'chance', 'good', 'sharp', 'rare'])(
  'a thinned curve is short and keeps its area: %s',
  (kind) => {
    const counts = population(kind);
    const roc = rocCurve(counts) ?? [];
    expect(roc.length).toBeLessThanOrEqual(kind === 'staircase' ? 12_802 : 402);
    expect(Math.abs(areaUnder(roc) - (rocAuc(counts) ?? NaN))).toBeLessThanOrEqual(AREA_TOLERANCE);
    expect(roc[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0, threshold: null });
    expect(roc.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });

    const steps = precisionRecallCurve(counts) ?? [];
    expect(steps.length).toBeLessThanOrEqual(400);
    expect(areaOfSteps(steps)).toBeCloseTo(averagePrecision(counts) ?? NaN, 12);
    expect(steps.at(-1)?.recall).toBe(1);
  },
);

test('both curves never turn back', () => {
  fc.assert(
    fc.property(samples(200), (all) => {
      const counts = countsOf(
        all.map((one) => one.score),
        all.map((one) => one.label),
      );
      const roc = rocCurve(counts) ?? [];
      roc.slice(1).forEach((point, i) => {
        const before = roc[i] as RocPoint;
        expect(point.falsePositiveRate).toBeGreaterThanOrEqual(before.falsePositiveRate);
        expect(point.truePositiveRate).toBeGreaterThanOrEqual(before.truePositiveRate);
      });
      const steps = precisionRecallCurve(counts) ?? [];
      steps.slice(1).forEach(({ recall, threshold }, i) => {
        expect(recall).toBeGreaterThan(steps[i]?.recall ?? NaN);
        expect(threshold).toBeLessThan(steps[i]?.threshold ?? NaN);
      });
    }),
    { numRuns: 300 },
  );
});
