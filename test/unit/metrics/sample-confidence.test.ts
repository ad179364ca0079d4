/** Margins, probabilities of the truth and the most probable classes, held against plain arithmetic. */
import fc from 'fast-check';
import {
  probabilityOf,
  sampleConfidence,
  topProbabilities,
} from '../../../src/metrics/sample-confidence';
import { type Predictions, scoreSamples } from '../../../src/metrics/sample-scores';

/** Of logits, in the shortest way that is right for small ones. */
function softmax(row: readonly number[]): number[] {
  const exponentials = row.map((logit) => Math.exp(logit));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

const batches = fc.integer({ min: 1, max: 6 }).chain((classCount) =>
  fc.array(
    fc.record({
      label: fc.nat(classCount - 1),
      row: fc.array(
        fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
        { minLength: classCount, maxLength: classCount },
      ),
    }),
    { minLength: 1, maxLength: 8 },
  ),
);

it('are what sorting the softmax gives, of logits and of probabilities', () => {
  fc.assert(
    fc.property(batches, fc.constantFrom('logits', 'probabilities'), (samples, kind) => {
      const classCount = samples[0]?.row.length ?? 0;
      const probabilities = samples.map(({ row }) => softmax(row));
      const rows = kind === 'logits' ? samples.map(({ row }) => row) : probabilities;
      const labels = samples.map(({ label }) => label);
      const predictions: Predictions = { outputs: rows.flat(), labels, classCount, kind };
      const scores = scoreSamples(predictions);
      const { margin, trueProbability } = sampleConfidence(predictions, scores);
      probabilities.forEach((row, i) => {
        const order = [...row.keys()].sort(
          (a, b) => (rows[i]?.[b] ?? NaN) - (rows[i]?.[a] ?? NaN) || a - b,
        );
        const [top = 0, second = 0] = order.map((k) => row[k] ?? NaN);
        expect(margin[i]).toBeCloseTo(top - second, 12);
        expect(trueProbability[i]).toBeCloseTo(row[labels[i] ?? -1] ?? NaN, 12);
        const found = topProbabilities(predictions, scores, i, 3);
        expect(found.map(({ classIndex }) => classIndex)).toEqual(order.slice(0, 3));
        for (const { classIndex, probability } of found) {
          expect(probability).toBeCloseTo(row[classIndex] ?? NaN, 12);
          expect(probability).toBe(probabilityOf(predictions, scores, i, classIndex));
        }
      });
    }),
    { numRuns: 200 },
  );
});

it('keep their digits where logits are close, large or far apart', () => {
  const predictions: Predictions = {
    outputs: [1e-12, 0, 1e6, 1e6, 0, 800],
    labels: [0, 0, 0],
    classCount: 2,
  };
  const scores = scoreSamples(predictions);
  const { margin, trueProbability } = sampleConfidence(predictions, scores);
  expect(margin[0]).toBeCloseTo(5e-13, 24);
  expect(margin[1]).toBe(0);
  expect([margin[2], trueProbability[2]]).toEqual([1, 0]);
});
