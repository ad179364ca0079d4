/** Confident learning, held against a case worked by hand and an independent implementation of the paper's formulas. */
import fc from 'fast-check';
import { labelErrors } from '../../../src/metrics/label-errors';
import { scoreSamples } from '../../../src/metrics/sample-scores';

function errorsOf(probabilities: readonly number[][], labels: readonly number[]) {
  const predictions = {
    outputs: probabilities.flat(),
    labels,
    classCount: probabilities[0]?.length ?? 0,
    kind: 'probabilities' as const,
  };
  return labelErrors(predictions, scoreSamples(predictions));
}

describe('by hand', () => {
  /**
   * Thresholds: class 0 (0.9 + 0.7 + 0.2) / 3 = 0.6, class 1 (0.8 + 0.3) / 2 = 0.55, class 2 (0.5) / 1 = 0.5.
   */
  const probabilities = [
    [0.9, 0.05, 0.05], // 0: right
    [0.7, 0.2, 0.1], // 0: right
    [0.2, 0.7, 0.1], // 0, but 1 with 0.7 ≥ 0.55: in doubt, 0.7 − 0.2
    [0.1, 0.8, 0.1], // 1: right
    [0.5, 0.3, 0.2], // 1; 0 has 0.5 < 0.6, and nothing else reaches: not in doubt though 0 is predicted
    [0.25, 0.25, 0.5], // 2: right
  ];
  const labels = [0, 0, 0, 1, 1, 2];

  it('only what is confidently of another class is in doubt', () => {
    const [only, ...others] = errorsOf(probabilities, labels);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ index: 2, label: 0, suggested: 1 });
    expect(only?.score).toBeCloseTo(0.5, 15);
  });

  it('a class without samples is never suggested', () => {
    const found = errorsOf(
      [
        [0.1, 0.9, 0],
        [0.6, 0.4, 0],
      ],
      [0, 0],
    );
    expect(found).toEqual([]);
  });

  it('a class on which the model is unsure needs less', () => {
    // Thresholds: 0.9 of class 0, 0.4 of class 1. Sample 1 is predicted 0 with less than that, but reaches 1's.
    const found = errorsOf(
      [
        [0.97, 0.02, 0.01],
        [0.3, 0.4, 0.3],
        [0.1, 0.4, 0.5],
        [0.83, 0.1, 0.07],
      ],
      [0, 1, 2, 0],
    );
    expect(found).toEqual([]);
    const doubted = errorsOf(
      [
        [0.97, 0.02, 0.01],
        [0.3, 0.4, 0.3],
        [0.1, 0.45, 0.45],
        [0.83, 0.1, 0.07],
      ],
      [0, 1, 2, 0],
    );
    expect(doubted.map(({ index, suggested }) => [index, suggested])).toEqual([[2, 1]]);
  });
});

/** The paper's equations with whole matrices, one line a definition. */
function naive(probabilities: readonly number[][], labels: readonly number[]): string[] {
  const classes = [...(probabilities[0]?.keys() ?? [])];
  const threshold = (j: number) => {
    const own = probabilities.filter((_, i) => labels[i] === j).map((row) => row[j] ?? NaN);
    return own.length === 0 ? NaN : own.reduce((sum, p) => sum + p, 0) / own.length;
  };
  const thresholds = classes.map(threshold);
  return probabilities.flatMap((row, i) => {
    const confident = classes.filter((j) => (row[j] ?? NaN) >= (thresholds[j] ?? NaN));
    const most = Math.max(...confident.map((j) => row[j] ?? NaN));
    const counted = confident.find((j) => row[j] === most);
    const predicted = row.indexOf(Math.max(...row));
    const label = labels[i] ?? NaN;
    return counted === undefined || counted === label || predicted === label
      ? []
      : [`${i} is ${counted} by ${((row[counted] ?? NaN) - (row[label] ?? NaN)).toFixed(9)}`];
  });
}

it('finds what the definitions find, the surest first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }).chain((classCount) =>
        fc.array(
          fc.record({
            label: fc.nat(classCount - 1),
            weights: fc.array(fc.integer({ min: 1, max: 1_000_000 }), {
              minLength: classCount,
              maxLength: classCount,
            }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
      ),
      (samples) => {
        const probabilities = samples.map(({ weights }) => {
          const sum = weights.reduce((total, weight) => total + weight, 0);
          return weights.map((weight) => weight / sum);
        });
        const labels = samples.map(({ label }) => label);
        const found = errorsOf(probabilities, labels);
        const inWords = found.map(
          ({ index, suggested, score }) => `${index} is ${suggested} by ${score.toFixed(9)}`,
        );
        expect([...inWords].sort()).toEqual(naive(probabilities, labels).sort());
        const scores = found.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      },
    ),
    { numRuns: 2_000 },
  );
});

it('finds labels that were exchanged among confident predictions, and no other', () => {
  const exchanged = [3, 57, 120, 280];
  const probabilities = Array.from({ length: 300 }, (_, i) => {
    const right = exchanged.includes(i) ? 0.95 : 0.8 + (i % 7) / 50;
    return [0, 1, 2].map((k) => (k === i % 3 ? right : (1 - right) / 2));
  });
  const labels = probabilities.map((_, i) => (exchanged.includes(i) ? (i + 1) % 3 : i % 3));
  const found = errorsOf(probabilities, labels);
  expect(found.map(({ index }) => index).sort((a, b) => a - b)).toEqual(exchanged);
  for (const { index, suggested } of found) expect(suggested).toBe(index % 3);
});
