import { CompensatedSum, sumOf } from '../../../src/metrics/compensated-sum';
import { addBatch, emptyTotals, mergeTotals, totalsOf } from '../../../src/metrics/totals';

function errorOf(action: () => unknown): { code: string; message: string } {
  try {
    action();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
}

test('counts and losses of a batch are added in place', () => {
  const totals = emptyTotals(3);
  addBatch(totals, [2, 1, 0, 0, 0, 5], [0, 1]);
  addBatch(totals, Float32Array.of(0, 7, 0), Uint16Array.of(1));
  expect(totals.sampleCount).toBe(3);
  expect(totals.confusionMatrix).toEqual([
    [1, 0, 0],
    [0, 1, 1],
    [0, 0, 0],
  ]);
  const losses = [
    Math.log(Math.exp(2) + Math.exp(1) + 1) - 2,
    Math.log(2 + Math.exp(5)),
    Math.log(2 + Math.exp(7)) - 7,
  ];
  expect(totals.lossSum).toBeCloseTo(
    losses.reduce((a, b) => a + b),
    12,
  );
});

test('equal scores go to the lower class index, also when all are equal or are zeros of both signs', () => {
  const { confusionMatrix } = totalsOf([1, 3, 3, 5, 5, 5, -0, 0, -0], [2, 2, 2], 3);
  expect(confusionMatrix).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [2, 1, 0],
  ]);
});

test('the loss stays right where exponentials overflow, and keeps its digits near zero', () => {
  expect(totalsOf([1e9, 0], [0], 2).lossSum).toBe(0);
  expect(totalsOf([1e9, 0], [1], 2).lossSum).toBe(1e9);
  expect(totalsOf([-1e9, -1e9], [1], 2).lossSum).toBeCloseTo(Math.LN2, 15);
  expect(totalsOf([50, 0], [0], 2).lossSum / Math.exp(-50)).toBeCloseTo(1, 12);
});

test.each([NaN, Infinity, -Infinity])(
  'a logit of %p is refused by the name of its sample and class, and nothing is counted',
  (bad) => {
    const totals = emptyTotals(2);
    const logits = Float32Array.of(1, 2, 3, 4, 5, bad);
    const error = errorOf(() => {
      addBatch(totals, logits, [0, 1, 1], 640);
    });
    expect(error).toMatchObject({
      code: 'LOGITS_NOT_FINITE',
      kind: 'user',
      details: { sample: 642, classIndex: 1, logit: String(bad) },
    });
    expect(error.message).toContain('sample 642 for class 1');
    expect(totals).toEqual(emptyTotals(2));
  },
);

test.each([-1, 2, 0.5, NaN])('the label %p of two classes is refused', (label) => {
  const error = errorOf(() => totalsOf([1, 2, 1, 2], [0, label], 2));
  expect(error.code).toBe('LABEL_OUT_OF_RANGE');
  expect(error.message).toContain('Sample 1');
});

test('logits that are no whole rows, class counts that are none and overflowing losses are refused', () => {
  expect(errorOf(() => totalsOf([1, 2, 3], [0, 1], 2)).code).toBe('LOGITS_SHAPE_MISMATCH');
  expect(errorOf(() => emptyTotals(0)).code).toBe('CLASS_COUNT_INVALID');
  expect(errorOf(() => emptyTotals(2.5)).code).toBe('CLASS_COUNT_INVALID');
  expect(errorOf(() => totalsOf([1e308, -1e308], [1], 2)).code).toBe('LOSS_OVERFLOW');
  const big = totalsOf([1.5e308, 0], [1], 2);
  expect(errorOf(() => mergeTotals(big, big)).code).toBe('LOSS_OVERFLOW');
  expect(errorOf(() => totalsOf([1.5e308, 0, 1.5e308, 0], [1, 1], 2)).code).toBe('LOSS_OVERFLOW');
});

test('totals of different class counts do not merge', () => {
  expect(() => mergeTotals(emptyTotals(2), emptyTotals(3))).toThrow(RangeError);
});

test('compensated sums keep what plain addition loses', () => {
  expect(sumOf([1, 1e100, 1, -1e100])).toBe(2);
  const tenths = new CompensatedSum();
  let plain = 0;
  for (let i = 0; i < 1_000_000; i++) {
    tenths.add(0.1);
    plain += 0.1;
  }
  expect(tenths.value).toBe(100_000);
  expect(plain).not.toBe(100_000);
});
