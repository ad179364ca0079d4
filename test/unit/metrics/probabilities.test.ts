import { addProbabilities } from '../../../src/metrics/probabilities';
import { addBatch, emptyTotals } from '../../../src/metrics/totals';

function totalsOf(rows: number[][], labels: number[]) {
  const totals = emptyTotals(rows[0]?.length ?? 0);
  addProbabilities(totals, Float32Array.from(rows.flat()), labels, 100);
  return totals;
}

test('the loss is −ln of the true class’s probability', () => {
  const { lossSum, confusionMatrix, sampleCount } = totalsOf(
    [
      [0.5, 0.25, 0.25],
      [0.125, 0.75, 0.125],
    ],
    [1, 1],
  );
  expect(lossSum).toBeCloseTo(-Math.log(0.25) - Math.log(0.75), 12);
  expect(confusionMatrix).toEqual([
    [0, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
  expect(sampleCount).toBe(2);
});

test('is clipped to float32’s epsilon, 2⁻²³, on both sides', () => {
  expect(totalsOf([[1, 0]], [0]).lossSum).toBeCloseTo(-Math.log(1 - 2 ** -23), 20);
  expect(totalsOf([[1, 0]], [1]).lossSum).toBeCloseTo(23 * Math.LN2, 12);
});

test('agrees with the loss of the logits whose softmax they are', () => {
  const logits = [
    [2, -1, 0.5],
    [-3, 4, 1],
    [0, 0, 0],
  ];
  const rows = logits.map((row) => {
    const exponents = row.map(Math.exp);
    const sum = exponents.reduce((all, each) => all + each);
    return exponents.map((each) => each / sum);
  });
  const expected = emptyTotals(3);
  addBatch(expected, logits.flat(), [0, 2, 1]);
  const actual = emptyTotals(3);
  addProbabilities(actual, rows.flat(), [0, 2, 1]);
  expect(actual.lossSum).toBeCloseTo(expected.lossSum, 12);
  expect(actual.confusionMatrix).toEqual(expected.confusionMatrix);
});

test.each([
  ['above 1', [1.1, -0.1], /sample 100 for class 0 is 1.1/],
  ['below 0', [-0.01, 1.01], /class 0 is -0.0/],
  ['NaN', [Number.NaN, 1], /class 0 is NaN/],
  ['infinite', [Number.POSITIVE_INFINITY, 0], /class 0 is Infinity/],
  ['logits', [3.5, -2], /class 0 is 3.5/],
  ['a row that sums to less', [0.5, 0.49], /those of sample 100 sum to 0.99/],
  ['a row that sums to more', [0.6, 0.402], /sum to 1.00/],
])('refuses %s with the sample, and leaves the totals as they were', (_, row, reason) => {
  const totals = emptyTotals(2);
  const before = structuredClone(totals);
  expect(() => {
    addProbabilities(totals, row, [0], 100);
  }).toThrow(
    expect.objectContaining({
      code: 'PROBABILITIES_INVALID',
      message: expect.stringMatching(reason) as unknown,
    }) as Error,
  );
  expect(totals).toEqual(before);
});

test('lets a hair of rounding pass', () => {
  expect(totalsOf([[1.0000001, 0]], [0]).sampleCount).toBe(1);
  expect(totalsOf([[0.3335, 0.3335, 0.3335]], [0]).sampleCount).toBe(1);
});
