import fc from 'fast-check';
import { compare, compareAll } from '../../../src/metrics/comparison/compare';
import { countFlips } from '../../../src/metrics/comparison/flips';
import { holm } from '../../../src/metrics/comparison/holm';
import { mcnemarExact } from '../../../src/metrics/comparison/mcnemar';
import { differenceInterval } from '../../../src/metrics/comparison/paired-bootstrap';
import { verdictOf } from '../../../src/metrics/comparison/verdict';
import { Random } from '../../../src/metrics/statistics/random';

test("McNemar's p equals scipy's binomtest from no trial to a million", () => {
  const known: [number, number, number][] = [
    [0, 0, 1],
    [3, 3, 1],
    [5, 15, 0.04138946533203125],
    [4, 0, 0.125],
    [1, 9, 0.021484375],
    [480, 520, 0.2174482932041409],
    [20_500, 20_000, 0.01315382511314424],
    [499_000, 501_000, 0.045608299865389515],
  ];
  for (const [onlyA, onlyB, p] of known) {
    expect(Math.abs(mcnemarExact(onlyA, onlyB).pExact - p)).toBeLessThan(1e-12 * (p + 1));
    expect(mcnemarExact(onlyB, onlyA).pExact).toBe(mcnemarExact(onlyA, onlyB).pExact);
  }
  expect(mcnemarExact(0, 1_100).pExact).toBe(0);
});

test('it equals the sum of binomial coefficients wherever these are exact', () => {
  fc.assert(
    fc.property(fc.nat(25), fc.nat(25), (onlyA, onlyB) => {
      const n = onlyA + onlyB;
      let coefficient = 1;
      let sum = 0;
      for (let k = 0; k <= Math.min(onlyA, onlyB); k++) {
        sum += coefficient;
        coefficient = (coefficient * (n - k)) / (k + 1);
      }
      expect(mcnemarExact(onlyA, onlyB).pExact).toBeCloseTo(Math.min(1, (2 * sum) / 2 ** n), 13);
    }),
    { numRuns: 700 },
  );
});

test("Holm's adjustment equals R's p.adjust, and one comparison is left as it is", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
    expect(adjusted[i]).toBeCloseTo(p, 12);
  });
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([0.2])).toEqual([0.2]);
  expect(holm([])).toEqual([]);
});

const PAIRS = {
  labels: [0, 0, 0, 1, 1, 2],
  predictedA: [0, 0, 1, 1, 2, 0],
  predictedB: [0, 1, 2, 1, 1, 2],
  classCount: 4,
};

test('flips are counted in total and by true class, and the matrices subtracted', () => {
  const { total, perClass, confusionDifference } = countFlips(PAIRS);
  expect(total).toEqual({
    sampleCount: 6,
    rightA: 3,
    rightB: 4,
    rightToWrong: 1,
    wrongToRight: 2,
    churn: 4,
  });
  expect(perClass.map(({ sampleCount, churn }) => [sampleCount, churn])).toEqual([
    [3, 2],
    [2, 1],
    [1, 1],
    [0, 0],
  ]);
  expect(confusionDifference).toEqual([
    [-1, 0, 1, 0],
    [0, 1, -1, 0],
    [-1, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
});

test('exchanging the two exchanges the flips and turns the signs', () => {
  const samples = fc.array(fc.record({ label: fc.nat(3), a: fc.nat(3), b: fc.nat(3) }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(samples, (all) => {
      const labels = all.map(({ label }) => label);
      const a = all.map((one) => one.a);
      const b = all.map((one) => one.b);
      const there = countFlips({ labels, predictedA: a, predictedB: b, classCount: 4 });
      const back = countFlips({ labels, predictedA: b, predictedB: a, classCount: 4 });
      const { rightA, rightB, rightToWrong, wrongToRight, churn } = there.total;
      expect(back.total).toMatchObject({
        rightA: rightB,
        rightB: rightA,
        rightToWrong: wrongToRight,
        wrongToRight: rightToWrong,
        churn,
      });
      expect(rightB - rightA).toBe(wrongToRight - rightToWrong);
      there.confusionDifference.forEach((row, i) => {
        expect(row.reduce((x, y) => x + y)).toBe(0);
        row.forEach((count, j) => {
          expect(count + (back.confusionDifference[i]?.[j] ?? NaN)).toBe(0);
        });
      });
    }),
    { numRuns: 1_000 },
  );
});

/** `n` samples of one class; A is right on those below `rightA`, B on those from `from` on. */
function overlapping(n: number, rightA: number, from: number, to: number) {
  const of = (low: number, high: number) =>
    Array.from({ length: n }, (_, i) => (i >= low && i < high ? 0 : 1));
  return {
    labels: new Array<number>(n).fill(0),
    predictedA: of(0, rightA),
    predictedB: of(from, to),
    classCount: 2,
  };
}

test('verdicts say better, worse or not distinguishable, with the figures that they rest on', () => {
  const better = compare(overlapping(1_000, 700, 10, 760));
  expect(better.mcnemar).toMatchObject({ onlyA: 10, onlyB: 60 });
  expect(better.difference).toBeCloseTo(0.05, 12);
  expect(better.differenceInterval.low).toBeGreaterThan(0.03);
  expect(better.differenceInterval.high).toBeLessThan(0.07);
  expect(better.verdict.outcome).toBe('better');
  expect(better.verdict.text).toMatch(
    /^Better: \+5\.00 points of accuracy, 95 % interval \+3\.\d\d to \+6\.\d\d, McNemar p = [\d.]+e-\d+, n = 1,000\.$/,
  );
  expect(compare(overlapping(1_000, 760, 60, 760)).verdict.outcome).toBe('worse');
  const same = compare(overlapping(1_000, 700, 0, 700));
  expect(same.verdict.text).toMatch(
    /^Not distinguishable at n = 1,000: 0\.00 points of accuracy, 95 % interval -0\.\d\d to \+0\.\d\d, McNemar p = 1\.$/,
  );
});

test('a difference of rounding does not decide at the level itself', () => {
  const evidence = {
    sampleCount: 10,
    difference: 0.1,
    interval: { low: 0, high: 0.2 },
    level: 0.95,
  };
  expect(verdictOf({ ...evidence, pValue: 0.05 }).outcome).toBe('better');
  expect(verdictOf({ ...evidence, pValue: 0.05 + 1e-9 }).outcome).toBe('not distinguishable');
});

test('of several candidates each verdict goes by the p that is corrected for all of them', () => {
  const one = overlapping(1_000, 700, 10, 728);
  const baseline = { labels: one.labels, classCount: 2, predicted: one.predictedA };
  const alone = compareAll(baseline, [one.predictedB]);
  expect(alone[0]?.pAdjusted).toBe(alone[0]?.mcnemar.pExact);
  expect(alone[0]?.verdict.outcome).toBe('better');
  const many = compareAll(baseline, new Array<number[]>(20).fill(one.predictedB));
  expect(many[0]?.pAdjusted).toBeCloseTo(20 * (alone[0]?.mcnemar.pExact ?? NaN), 12);
  expect(many[0]?.verdict.outcome).toBe('not distinguishable');
});

test('the interval of the difference is seeded, and honest where few pairs differ', () => {
  const agreeing = countFlips(overlapping(50, 40, 0, 40));
  const interval = differenceInterval(agreeing, { seed: 1 });
  expect(interval?.low).toBeLessThan(0);
  expect(interval?.high).toBeGreaterThan(0);
  expect(differenceInterval(agreeing, { seed: 1 })).toEqual(interval);
  const fourToNone = differenceInterval(countFlips(overlapping(100, 90, 0, 94)), { seed: 1 });
  expect(fourToNone?.low).toBeLessThanOrEqual(0);
});

test('a stratified interval of the difference keeps its centre, and shrinks where classes differ', () => {
  const random = new Random(13);
  // In class 0 B is always the better one, in class 1 A: what varies is how many of each there are.
  const labels = Array.from({ length: 400 }, () => random.below(2));
  const pairs = {
    labels,
    predictedA: labels.map((label) => (label === 0 ? 1 : 1)),
    predictedB: labels.map((label) => (label === 0 ? 0 : 0)),
    classCount: 2,
  };
  const flips = countFlips(pairs);
  const free = differenceInterval(flips);
  const fixed = differenceInterval(flips, { stratified: true });
  const width = (of: typeof free) => (of ? of.high - of.low : NaN);
  expect(width(fixed)).toBeLessThan(width(free) / 5);
  const difference = (flips.total.rightB - flips.total.rightA) / 400;
  expect(fixed?.low).toBeLessThanOrEqual(difference + 0.01);
  expect(fixed?.high).toBeGreaterThanOrEqual(difference - 0.01);
});

test('other lengths, strange classes and no samples are refused', () => {
  const bad: [Partial<typeof PAIRS>, string][] = [
    [{ predictedB: [0] }, 'COMPARISON_LENGTHS_DIFFER'],
    [{ predictedA: [0, 0, 1, 1, 2, 4] }, 'LABEL_OUT_OF_RANGE'],
    [{ labels: [], predictedA: [], predictedB: [] }, 'COMPARISON_WITHOUT_SAMPLES'],
  ];
  for (const [change, code] of bad) {
    expect(() => compare({ ...PAIRS, ...change })).toThrow(
      expect.objectContaining({ code, kind: 'user' }) as Error,
    );
  }
});
