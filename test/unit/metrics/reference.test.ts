import { reportJson } from '../../../src/cli/output/report-json';
import { report } from '../../../src/metrics/report';
import { emptyTotals, mergeTotals, totalsOf } from '../../../src/metrics/totals';
import { itWithMirrorAndReference, itWithReference } from '../../support/reference';
import { expectClose } from './close';
import { fashionFigures, fashionPredictions, metricCases } from './reference-figures';

itWithReference("all 40 cases equal scikit-learn's and PyTorch's figures within 1e-9", () => {
  const cases = metricCases();
  expect(cases).toHaveLength(40);
  for (const { name, classes, labels, logits, expected } of cases) {
    const ours = reportJson(report(totalsOf(logits.flat(), labels, classes)));
    expectClose(ours, expected, 1e-9, name);
    expect(ours.confusionMatrix).toEqual(expected.confusionMatrix);
  }
});

itWithMirrorAndReference('the reference CNN on the test split equals its figures', () => {
  const { logits, labels } = fashionPredictions();
  expect(labels).toHaveLength(10_000);
  const expected = fashionFigures();
  const ours = reportJson(report(totalsOf(logits, labels, 10)));
  expectClose(ours, { ...expected, loss: ours.loss }, 1e-9);
  expect(Math.abs(ours.loss - expected.loss)).toBeLessThan(1e-6);
  expect(ours.confusionMatrix).toEqual(expected.confusionMatrix);
  expect(ours.accuracy).toBe(0.8033);
});

itWithMirrorAndReference('shards of any size add up to the same figures', () => {
  const { logits, labels } = fashionPredictions();
  const whole = totalsOf(logits, labels, 10);
  for (const size of [64, 999, 4096]) {
    let merged = emptyTotals(10);
    for (let first = 0; first < labels.length; first += size) {
      const end = Math.min(first + size, labels.length);
      const shard = logits.subarray(first * 10, end * 10);
      merged = mergeTotals(merged, totalsOf(shard, labels.subarray(first, end), 10, first));
    }
    expect(merged).toEqual({ ...whole, lossSum: merged.lossSum });
    expect(Math.abs(merged.lossSum - whole.lossSum)).toBeLessThan(1e-9);
  }
});
