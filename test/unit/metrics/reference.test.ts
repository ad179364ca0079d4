import { fullReportJson } from '../../../src/evaluations/scores/report-json';
import { compare } from '../../../src/metrics/comparison/compare';
import { fullReport } from '../../../src/metrics/full-report';
import { scoreSamples, totalsOfScores } from '../../../src/metrics/sample-scores';
import { emptyTotals, mergeTotals, totalsOf } from '../../../src/metrics/totals';
import { itWithMirrorAndReference, itWithReference } from '../../support/reference';
import { areaOfSteps, areaUnder } from './areas';
import { expectClose } from './close';
import {
  fashionFigures,
  fashionPredictions,
  fashionRankedFigures,
  metricCases,
} from './reference-figures';

itWithReference("all 40 cases equal the references' figures, nulls where they are null", () => {
  const cases = metricCases();
  expect(cases).toHaveLength(40);
  expect(cases.filter(({ ranked }) => 'rocAucOvr' in ranked)).toHaveLength(25);
  for (const { name, classes, labels, logits, expected, ranked } of cases) {
    const ours = fullReportJson(
      fullReport({ outputs: logits.flat(), labels, classCount: classes }).report,
    );
    expectClose(ours, expected, 1e-9, name);
    expectClose(ours, ranked, 1e-6, name);
    expect(ours.confusionMatrix).toEqual(expected.confusionMatrix);
    expect(Object.keys(ours.topK)).toEqual(Object.keys(expected.topK));
  }
});

itWithReference("McNemar's exact test equals scipy's on all 40 cases", () => {
  for (const { name, classes: classCount, labels, logits, mcnemarAgainst } of metricCases()) {
    const [a, b] = [logits, mcnemarAgainst.logits].map((rows) =>
      scoreSamples({ outputs: rows.flat(), labels, classCount }),
    );
    const { mcnemar, flips } = compare({
      labels,
      predictedA: a?.predicted ?? [],
      predictedB: b?.predicted ?? [],
      classCount,
    });
    expectClose(mcnemar, mcnemarAgainst.expected, 1e-9, name);
    expect(flips.total.rightToWrong).toBe(mcnemarAgainst.expected.onlyA);
  }
});

itWithMirrorAndReference('the reference CNN on the test split equals its figures', () => {
  const { logits, labels } = fashionPredictions();
  expect(labels).toHaveLength(10_000);
  const expected = fashionFigures();
  const ranked = fashionRankedFigures();
  expect(Object.keys(ranked)).toHaveLength(3);
  const ours = fullReportJson(fullReport({ outputs: logits, labels, classCount: 10 }).report);
  // The reference's loss is a mean in float32.
  expectClose(ours, { ...expected, loss: ours.loss }, 1e-9);
  expect(Math.abs(ours.loss - expected.loss)).toBeLessThan(1e-6);
  expectClose(ours, ranked, 1e-6);
  expect(ours.confusionMatrix).toEqual(expected.confusionMatrix);
  expect(ours.accuracy).toBe(0.8033);
});

itWithMirrorAndReference(
  "the reference CNN's curves are short and have the areas of the figures",
  () => {
    const { logits, labels } = fashionPredictions();
    const { report, curves } = fullReport(
      { outputs: logits, labels, classCount: 10 },
      { curves: true },
    );
    expect(curves).toHaveLength(10);
    curves.forEach(({ roc, precisionRecall }, k) => {
      expect(roc?.length).toBeLessThanOrEqual(402);
      expect(precisionRecall?.length).toBeLessThanOrEqual(400);
      const rocArea = areaUnder(roc ?? []);
      expect(Math.abs(rocArea - (report.rocAucOvr.perClass[k] ?? NaN))).toBeLessThanOrEqual(1e-4);
      const stepArea = areaOfSteps(precisionRecall ?? []);
      expect(stepArea).toBeCloseTo(report.averagePrecision.perClass[k] ?? NaN, 12);
    });
  },
);

itWithMirrorAndReference('one pass over scores gives the totals that batches add up to', () => {
  const { logits, labels } = fashionPredictions();
  const scores = scoreSamples({ outputs: logits, labels, classCount: 10 });
  expect(totalsOfScores(scores)).toEqual(totalsOf(logits, labels, 10));
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
