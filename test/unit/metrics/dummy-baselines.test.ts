/** Baselines against the classifiers that they stand for: made, run and scored, as scikit-learn's do it. */
import fc from 'fast-check';
import { type DummyBaseline, dummyBaselines } from '../../../src/metrics/dummy-baselines';
import { report } from '../../../src/metrics/report';
import { Random } from '../../../src/metrics/statistics/random';
import { totalsOf } from '../../../src/metrics/totals';

const SUPPORTS = fc
  .array(fc.nat(60), { minLength: 1, maxLength: 8 })
  .filter((support) => support.some((count) => count > 0));

const labelsOf = (support: number[]) =>
  support.flatMap((count, k) => new Array<number>(count).fill(k));

function both(support: number[]): [majority: DummyBaseline, stratified: DummyBaseline] {
  const [majority, stratified] = dummyBaselines(support);
  if (!majority || !stratified) throw new Error('there are two');
  return [majority, stratified];
}

/** As DummyClassifier(strategy='prior').fit(…, labels): its logarithmic probabilities, for every sample. */
function priorReport(support: number[]) {
  const labels = labelsOf(support);
  // A logit far below all others instead of −∞, which no classifier of ours may give.
  const row = support.map((count) => (count === 0 ? -1e3 : Math.log(count / labels.length)));
  return report(
    totalsOf(
      labels.flatMap(() => row),
      labels,
      support.length,
    ),
  );
}

it('of the majority class are what a classifier of constant answers reaches', () => {
  fc.assert(
    fc.property(SUPPORTS, (support) => {
      const found = priorReport(support);
      const [{ strategy, accuracy, macroF1, loss }] = both(support);
      expect(strategy).toBe('majority-class');
      expect(accuracy).toBeCloseTo(found.accuracy, 12);
      expect(macroF1).toBeCloseTo(found.macro.f1, 12);
      expect(loss).toBeCloseTo(found.loss, 12);
    }),
    { numRuns: 1_000 },
  );
});

it('that are stratified are the mean of draws as often as each class occurs', () => {
  const support = [500, 300, 150, 50];
  const labels = labelsOf(support);
  const random = new Random(11);
  const draws = Array.from({ length: 400 }, () => {
    const matrix = support.map(() => support.map(() => 0));
    for (const label of labels) {
      const row = matrix[label] as number[];
      const answer = labels[random.below(labels.length)] as number;
      row[answer] = (row[answer] as number) + 1;
    }
    return report({
      classCount: 4,
      sampleCount: labels.length,
      lossSum: 0,
      confusionMatrix: matrix,
    });
  });
  const [, stratified] = both(support);
  expect(stratified).toMatchObject({ strategy: 'stratified', loss: null });
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // Four standard errors of 400 draws are some 0.003.
  const accuracies = draws.map(({ accuracy }) => accuracy);
  expect(Math.abs(mean(accuracies) - stratified.accuracy)).toBeLessThan(0.003);
  const f1s = draws.map(({ macro }) => macro.f1);
  expect(Math.abs(mean(f1s) - stratified.macroF1)).toBeLessThan(0.003);
});

it('are those of ten equal classes, and of one class', () => {
  const [majority, stratified] = both(new Array<number>(10).fill(1_000));
  expect(majority.accuracy).toBeCloseTo(0.1, 15);
  expect(majority.macroF1).toBeCloseTo(0.2 / 1.1 / 10, 15);
  expect(majority.loss).toBeCloseTo(Math.log(10), 12);
  expect(stratified.accuracy).toBeCloseTo(0.1, 15);
  expect(stratified.macroF1).toBeCloseTo(0.1, 15);
  expect(both([7, 0])[0]).toEqual({
    strategy: 'majority-class',
    accuracy: 1,
    macroF1: 0.5,
    loss: 0,
  });
});
