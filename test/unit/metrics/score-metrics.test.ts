import { calibration } from '../../../src/metrics/calibration/reliability';
import { fullReport } from '../../../src/metrics/full-report';
import { topKAccuracy } from '../../../src/metrics/ranking/top-k';
import { type OutputKind, scoreSamples } from '../../../src/metrics/sample-scores';
import { Random } from '../../../src/metrics/statistics/random';

function scoresOf(rows: readonly (readonly number[])[], labels: number[], kind?: OutputKind) {
  const classCount = rows[0]?.length ?? 0;
  return scoreSamples({ outputs: rows.flat(), labels, classCount, ...(kind && { kind }) });
}

test('top-k gives equal scores to the lower class index, and only tells of k below the class count', () => {
  const equal = [0, 0, 0, 0, 0, 0];
  const scores = scoresOf([equal, equal, equal, equal, equal, equal], [0, 1, 2, 3, 4, 5]);
  expect([...scores.rank]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(topKAccuracy(scores)).toEqual({ 1: 1 / 6, 2: 2 / 6, 3: 3 / 6, 5: 5 / 6 });
  expect(topKAccuracy(scoresOf([[0, 1]], [1]))).toEqual({ 1: 1 });
  expect(topKAccuracy(scoresOf([[0, 1, 2]], [1]))).toEqual({ 1: 0, 2: 1 });
});

test('scores that differ only below the rounding of a softmax are ranked by the logits', () => {
  const scores = scoresOf([[100, 0, -800, -801]], [3]);
  expect(scores.rank[0]).toBe(3);
});

test('the Brier score sums over all classes, and probabilities are taken as they are', () => {
  const { report } = fullReport({
    outputs: [0.2, 0.8, 0.5, 0.5],
    labels: [0, 0],
    classCount: 2,
    kind: 'probabilities',
  });
  expect(report.brier).toBeCloseTo((2 * 0.8 ** 2 + 2 * 0.5 ** 2) / 2, 12);
  expect(report.loss).toBeCloseTo((-Math.log(0.2) - Math.log(0.5)) / 2, 12);
  expect(report.accuracy).toBe(0.5);
});

test('logits and their softmax as probabilities say the same', () => {
  const random = new Random(5);
  const labels = Array.from({ length: 200 }, () => random.below(4));
  const logits = labels.map((label) =>
    Array.from({ length: 4 }, (_, k) => 4 * random.unit() + (k === label ? 1 : 0)),
  );
  const softmax = logits.map((row) => {
    const exponentials = row.map(Math.exp);
    const sum = exponentials.reduce((a, b) => a + b);
    return exponentials.map((one) => one / sum);
  });
  const ofLogits = fullReport({ outputs: logits.flat(), labels, classCount: 4 }).report;
  const ofProbabilities = fullReport({
    outputs: softmax.flat(),
    labels,
    classCount: 4,
    kind: 'probabilities',
  }).report;
  expect(ofProbabilities.confusionMatrix).toEqual(ofLogits.confusionMatrix);
  expect(ofProbabilities.topK).toEqual(ofLogits.topK);
  expect(ofProbabilities.brier).toBeCloseTo(ofLogits.brier, 12);
  expect(ofProbabilities.loss).toBeCloseTo(ofLogits.loss, 12);
  expect(ofProbabilities.rocAucOvr.macro).toBeCloseTo(ofLogits.rocAucOvr.macro ?? NaN, 12);
  expect(ofProbabilities.calibration.expectedCalibrationError).toBeCloseTo(
    ofLogits.calibration.expectedCalibrationError ?? NaN,
    12,
  );
});

test('reliability bins hold their lower edge, the last one 1 too, and empty ones say null', () => {
  const { bins, expectedCalibrationError } = calibration({
    sampleCount: 4,
    labels: Uint32Array.of(0, 0, 0, 0),
    predicted: Uint32Array.of(0, 1, 0, 1),
    confidence: Float64Array.of(1 / 3, 0.35, 1, 1 + 1e-7),
  });
  expect(bins).toHaveLength(15);
  expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
  expect(bins[5]).toMatchObject({ low: 5 / 15, high: 6 / 15, accuracy: 0.5 });
  expect(bins[0]).toEqual({ low: 0, high: 1 / 15, count: 0, accuracy: null, confidence: null });
  expect(expectedCalibrationError).toBeCloseTo((1 - (1 / 3 + 0.35) + 1) / 4, 6);
});

test('what addBatch refuses is refused with the same codes, and no samples at all too', () => {
  const bad: [() => unknown, string][] = [
    [() => scoresOf([[0, NaN]], [0]), 'LOGITS_NOT_FINITE'],
    [() => scoresOf([[0, 1]], [2]), 'LABEL_OUT_OF_RANGE'],
    [() => scoresOf([[0, 1]], [0, 1]), 'LOGITS_SHAPE_MISMATCH'],
    [() => scoresOf([[0.9, 0.9]], [0], 'probabilities'), 'PROBABILITIES_INVALID'],
    [() => fullReport({ outputs: [1e308, -1e308], labels: [1], classCount: 2 }), 'LOSS_OVERFLOW'],
    [() => fullReport({ outputs: [], labels: [], classCount: 2 }), 'REPORT_WITHOUT_SAMPLES'],
    [() => scoreSamples({ outputs: [], labels: [], classCount: 0 }), 'CLASS_COUNT_INVALID'],
  ];
  for (const [attempt, code] of bad) {
    expect(attempt).toThrow(expect.objectContaining({ code, kind: 'user' }) as Error);
  }
});

test('a thousand classes work: a perfect classifier scores 1 in all, one of chance a thousandth', () => {
  const classCount = 1_000;
  const sampleCount = 2_000;
  const random = new Random(9);
  const labels = Array.from({ length: sampleCount }, (_, i) => i % classCount);
  const noise = Float32Array.from({ length: sampleCount * classCount }, () => random.unit());
  const chance = fullReport({ outputs: noise, labels, classCount }, { curves: true });
  expect(chance.report.accuracy).toBeLessThan(0.01);
  expect(chance.report.rocAucOvr.macro).toBeCloseTo(0.5, 1);
  expect(chance.curves).toHaveLength(classCount);

  labels.forEach((label, i) => (noise[i * classCount + label] = 100));
  const { report } = fullReport({ outputs: noise, labels, classCount });
  expect(report.topK).toEqual({ 1: 1, 2: 1, 3: 1, 5: 1 });
  expect(report.cohenKappa).toBe(1);
  expect(report.matthewsCorrcoef).toBeCloseTo(1, 12);
  expect(report.rocAucOvr).toMatchObject({ macro: 1, weighted: 1 });
  expect(report.averagePrecision.macro).toBe(1);
  expect(report.brier).toBeLessThan(1e-12);
});
