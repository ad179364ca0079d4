import { normalizeConfusion } from '../../../src/metrics/confusion-matrix';
import { report } from '../../../src/metrics/report';
import { emptyTotals } from '../../../src/metrics/totals';
import { expectClose } from './close';

// Class 2 is absent from the truth but predicted once; class 3 is neither true nor predicted.
const TOTALS = {
  classCount: 4,
  sampleCount: 10,
  lossSum: 5,
  confusionMatrix: [
    [3, 1, 0, 0],
    [2, 3, 1, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ],
};

test('scalars and class metrics follow their definitions', () => {
  const ours = report(TOTALS);
  expectClose(
    ours,
    {
      sampleCount: 10,
      loss: 0.5,
      accuracy: 0.6,
      perClass: [
        { label: 0, precision: 3 / 5, recall: 3 / 4, f1: 6 / 9, support: 4 },
        { label: 1, precision: 3 / 4, recall: 3 / 6, f1: 6 / 10, support: 6 },
        { label: 2, precision: 0, recall: 0, f1: 0, support: 0 },
        { label: 3, precision: 0, recall: 0, f1: 0, support: 0 },
      ],
      macro: { precision: 1.35 / 4, recall: 1.25 / 4, f1: (6 / 9 + 6 / 10) / 4 },
      micro: { precision: 0.6, recall: 0.6, f1: 0.6 },
      weighted: { precision: 0.69, recall: 0.6, f1: (4 * (6 / 9) + 6 * (6 / 10)) / 10 },
    },
    1e-12,
  );
});

test('balanced accuracy leaves out the classes that are absent from the true labels', () => {
  expect(report(TOTALS).balancedAccuracy).toBeCloseTo((0.75 + 0.5) / 2, 15);
});

test('normalisations share out rows, columns and the whole; empty rows and columns give zeros', () => {
  const { confusionMatrixNormalized } = report(TOTALS);
  const zeros = [0, 0, 0, 0];
  expectClose(
    confusionMatrixNormalized,
    {
      true: [[3 / 4, 1 / 4, 0, 0], [2 / 6, 3 / 6, 1 / 6, 0], zeros, zeros],
      pred: [[3 / 5, 1 / 4, 0, 0], [2 / 5, 3 / 4, 1, 0], zeros, zeros],
      all: [[0.3, 0.1, 0, 0], [0.2, 0.3, 0.1, 0], zeros, zeros],
    },
    1e-12,
  );
  expect(
    normalizeConfusion(
      [
        [0, 0],
        [0, 0],
      ],
      'all',
    ),
  ).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test('a report keeps nothing of the totals that it was made from', () => {
  const ours = report(TOTALS);
  (ours.confusionMatrix[0] as number[])[0] = 99;
  expect(TOTALS.confusionMatrix[0]?.[0]).toBe(3);
});

test('no samples give no report', () => {
  expect(() => report(emptyTotals(3))).toThrow(
    expect.objectContaining({ code: 'REPORT_WITHOUT_SAMPLES', kind: 'user' }) as Error,
  );
});
