/** What is computed of a run's outputs: for two classes and for a thousand, and within bounds. */
import { scoreRun } from '../../../src/evaluations/scores/run-scores';
import { fitsInMemory } from '../../../src/evaluations/scores/readable-predictions';
import { madePredictions } from '../../../bench/support/made-predictions';

function scored(samples: number, classCount: number) {
  const { logits, labels } = madePredictions(samples, classCount, 3);
  return scoreRun({ outputs: logits, labels, classCount });
}

it('two classes have no top-2 accuracy, three no top-3, six all', () => {
  const top = (classCount: number) => {
    const { top2Accuracy, top3Accuracy, top5Accuracy } = scored(200, classCount).columns;
    return [top2Accuracy, top3Accuracy, top5Accuracy].map((share) => share !== null);
  };
  expect(top(2)).toEqual([false, false, false]);
  expect(top(3)).toEqual([true, false, false]);
  expect(top(5)).toEqual([true, true, false]);
  expect(top(6)).toEqual([true, true, true]);
  expect(scored(200, 3).bootstrap.bounds.top3Accuracy).toBeUndefined();
});

it('a thousand classes of 2,000 samples are scored, each against the rest', () => {
  const { columns, bootstrap, rightCount } = scored(2_000, 1_000);
  expect(columns.classRocAuc).toHaveLength(1_000);
  // Not every class has a sample.
  expect(columns.classRocAuc).toContain(null);
  expect(columns.rocAucMacro).toBeGreaterThan(0.5);
  expect(columns.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
  const [lower, upper] = bootstrap.bounds.accuracy ?? [1, 0];
  expect(lower).toBeLessThan(rightCount / 2_000);
  expect(upper).toBeGreaterThan(rightCount / 2_000);
  expect(bootstrap.resamples).toBe(1_000);
});

it('one sample, and one class of all samples, give nulls and no NaN', () => {
  const one = scoreRun({ outputs: [0, 1], labels: [1], classCount: 2 });
  expect(one.columns).toMatchObject({ rocAucMacro: null, averagePrecisionMacro: null });
  expect(one.columns.classRocAuc).toEqual([null, null]);
  expect(JSON.stringify(one)).not.toContain('NaN');
  expect(Object.values(one.bootstrap.bounds).flat().every(Number.isFinite)).toBe(true);
});

it('a run too large to be held in memory is told beforehand', () => {
  expect(fitsInMemory(1_000_000, 10)).toBe(true);
  expect(fitsInMemory(50_000, 1_000)).toBe(true);
  expect(fitsInMemory(100_000, 1_000)).toBe(false);
  expect(fitsInMemory(5_000_000, 2)).toBe(false);
});
