/** Scalars of resamples, held against the metrics of the very samples that were drawn. */
import fc from 'fast-check';
import { fullReport } from '../../../src/metrics/full-report';
import { CALIBRATION_BINS } from '../../../src/metrics/calibration/reliability';
import { normalBins, takeBins } from '../../../src/metrics/calibration/resampled-bins';
import { areaExpansions } from '../../../src/metrics/ranking/area-expansions';
import {
  rankedValues,
  type RankedValues,
  rankOrders,
  takeRanking,
} from '../../../src/metrics/ranking/resampled-ranking';
import { type Predictions, scoreSamples } from '../../../src/metrics/sample-scores';
import { Random } from '../../../src/metrics/statistics/random';
import { drawResamples } from '../../../src/metrics/statistics/resample-counts';
import { normalMeans, takeMeans } from '../../../src/metrics/statistics/resample-means';
import {
  type CountScalarValues,
  takeCountScalars,
} from '../../../src/metrics/statistics/resampled-count-scalars';
import { strataOf } from '../../../src/metrics/statistics/strata';
import { madePredictions } from '../../../bench/support/made-predictions';
import { expectClose } from './close';

/** What is said of each resample: by counting, as the bootstrap does it, and of its samples themselves. */
function bothWays(predictions: Predictions, resamples: number, seed: number, stratified: boolean) {
  const scores = scoreSamples(predictions);
  const strata = strataOf(scores.labels, scores.classCount, stratified);
  const means = { loss: new Float64Array(resamples), brier: new Float64Array(resamples) };
  const bins = new Float64Array(resamples * CALIBRATION_BINS);
  const counts: CountScalarValues = new Map();
  const ranked = rankedValues(resamples);
  const drawn: number[][] = [];
  drawResamples(new Random(seed), strata, resamples, [
    takeMeans(scores.loss, strata, means.loss),
    takeMeans(scores.brier, strata, means.brier),
    takeBins(scores, strata, bins),
    takeCountScalars(scores, strata, resamples, counts),
    takeRanking(rankOrders(predictions, scores, strata), ranked),
    (words, first) => {
      for (let f = 0; f < 4 && first + f < resamples; f++) {
        drawn.push(
          [...words].flatMap((word, place) =>
            new Array<number>((word >>> (8 * f)) & 0xff).fill(strata.order[place] as number),
          ),
        );
      }
    },
  ]);
  const counted = drawn.map((_, r) => ({
    loss: means.loss[r],
    brier: means.brier[r],
    calibrationError:
      bins
        .subarray(r * CALIBRATION_BINS, (r + 1) * CALIBRATION_BINS)
        .reduce((sum, deviation) => sum + Math.abs(deviation), 0) / scores.sampleCount,
    rocAucMacro: orNull(ranked.rocAucMacro[r]),
    rocAucWeighted: orNull(ranked.rocAucWeighted[r]),
    averagePrecisionMacro: orNull(ranked.averagePrecisionMacro[r]),
    ...Object.fromEntries([...counts].map(([name, values]) => [name, orNull(values[r])])),
  }));
  return { counted, drawn, direct: drawn.map((indices) => directScalars(predictions, indices)) };
}

const orNull = (value: number | undefined): number | null =>
  (Number.isNaN(value) ? null : value) ?? null;

function directScalars({ outputs, labels, classCount }: Predictions, indices: readonly number[]) {
  const { report } = fullReport({
    outputs: indices.flatMap((i) =>
      Array.from({ length: classCount }, (_, k) => outputs[i * classCount + k] as number),
    ),
    labels: indices.map((i) => labels[i] as number),
    classCount,
  });
  const tops = ([2, 3, 5] as const).filter((k) => k < classCount);
  return {
    loss: report.loss,
    brier: report.brier,
    calibrationError: report.calibration.expectedCalibrationError,
    rocAucMacro: report.rocAucOvr.macro,
    rocAucWeighted: report.rocAucOvr.weighted,
    averagePrecisionMacro: report.averagePrecision.macro,
    accuracy: report.accuracy,
    balancedAccuracy: report.balancedAccuracy,
    cohenKappa: report.cohenKappa,
    matthewsCorrcoef: report.matthewsCorrcoef,
    macroPrecision: report.macro.precision,
    macroRecall: report.macro.recall,
    macroF1: report.macro.f1,
    weightedPrecision: report.weighted.precision,
    weightedF1: report.weighted.f1,
    ...Object.fromEntries(tops.map((k) => [`top${k}`, report.topK[k]])),
  };
}

/** Few different logits, so that scores tie; classes that do not occur; single samples. */
const tied: fc.Arbitrary<Predictions> = fc.integer({ min: 2, max: 6 }).chain((classCount) =>
  fc
    .array(
      fc.record({
        label: fc.nat(classCount - 1),
        logits: fc.array(fc.integer({ min: -2, max: 2 }), {
          minLength: classCount,
          maxLength: classCount,
        }),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((samples) => ({
      outputs: samples.flatMap(({ logits }) => logits),
      labels: samples.map(({ label }) => label),
      classCount,
    })),
);

test('each scalar of a resample is that of the samples drawn, with ties and absent classes', () => {
  fc.assert(
    fc.property(
      tied,
      fc.integer({ min: 1, max: 6 }),
      fc.nat(1_000),
      fc.boolean(),
      (predictions, resamples, seed, stratified) => {
        const { counted, direct, drawn } = bothWays(predictions, resamples, seed, stratified);
        expect(drawn).toHaveLength(resamples);
        expect(drawn.every((of) => of.length === predictions.labels.length)).toBe(true);
        expectClose(counted, direct, 1e-12);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  [2, 2_000, false],
  [10, 3_000, true],
  [100, 500, false],
  [1_000, 400, true],
])('and so with %i classes and %i samples; stratified: %s', (classCount, samples, stratified) => {
  const { logits, labels } = madePredictions(samples, classCount, 5);
  const { counted, direct } = bothWays({ outputs: logits, labels, classCount }, 5, 1, stratified);
  expectClose(counted, direct, 1e-12);
  expect(new Set(counted.map(({ rocAucMacro }) => rocAucMacro)).size).toBe(5);
});

test('a stratified resample keeps the number of samples of each class, another does not', () => {
  const { logits, labels } = madePredictions(300, 7, 2);
  const sizes = (stratified: boolean) =>
    bothWays({ outputs: logits, labels, classCount: 7 }, 3, 4, stratified).drawn.map((indices) =>
      Array.from({ length: 7 }, (_, k) => indices.filter((i) => labels[i] === k).length),
    );
  const own = Array.from({ length: 7 }, (_, k) => labels.filter((label) => label === k).length);
  expect(sizes(true)).toEqual([own, own, own]);
  expect(sizes(false)).not.toContainEqual(own);
});

test('16 bits hold the counts of as many samples as are drawn one by one, all above the only positive', () => {
  // Every negative scores higher: sums of negatives grow to the number of samples less one.
  const samples = 65_535;
  const labels = new Uint32Array(samples).fill(1);
  labels[0] = 0;
  const outputs = new Float32Array(2 * samples);
  for (let i = 0; i < samples; i++) outputs[2 * i] = i === 0 ? -1 : 1;
  const { counted, direct, drawn } = bothWays({ outputs, labels, classCount: 2 }, 8, 3, false);
  expect(drawn.some((indices) => !indices.includes(0))).toBe(true);
  expectClose(counted, direct, 1e-12);
});

const NAMES = ['rocAucMacro', 'rocAucWeighted', 'averagePrecisionMacro'] as const;

test('expansions have the scalar as their mean, and follow each resample but for the bias', () => {
  // Ties too: logits in steps.
  const { logits, labels } = madePredictions(1_500, 5, 8);
  const predictions = { outputs: logits.map((x) => Math.round(4 * x) / 4), labels, classCount: 5 };
  const scores = scoreSamples(predictions);
  const strata = strataOf(scores.labels, 5, false);
  const expansions = areaExpansions(predictions, scores);
  const direct = directScalars(predictions, [...labels.keys()]);
  const exact = rankedValues(800);
  const expanded: RankedValues = rankedValues(800);
  drawResamples(new Random(6), strata, 800, [
    takeRanking(rankOrders(predictions, scores, strata), exact),
    ...NAMES.map((name) => takeMeans(expansions[name], strata, expanded[name])),
  ]);
  for (const name of NAMES) {
    expectClose(moments(expansions[name]).mean, direct[name], 1e-12);
    const rest = moments(exact[name].map((value, r) => value - (expanded[name][r] as number)));
    // What is left is of second order: small beside what varies, and the known bias on average.
    expect(rest.deviation).toBeLessThan(moments(exact[name]).deviation / 10);
    const bias = name === 'averagePrecisionMacro' ? expansions.averagePrecisionBias : 0;
    expect(Math.abs(rest.mean - bias)).toBeLessThan((4 * rest.deviation) / Math.sqrt(800));
  }
  expect(expansions.averagePrecisionBias).toBeGreaterThan(0);
});

test.each([false, true])(
  'normal sums of bins vary as drawn ones do; stratified: %s',
  (stratified) => {
    const { logits, labels } = madePredictions(4_000, 3, 9);
    const scores = scoreSamples({ outputs: logits, labels, classCount: 3 });
    const strata = strataOf(scores.labels, 3, stratified);
    const resamples = 2_000;
    const drawn = new Float64Array(resamples * CALIBRATION_BINS);
    const normal = new Float64Array(resamples * CALIBRATION_BINS);
    drawResamples(new Random(1), strata, resamples, [takeBins(scores, strata, drawn)]);
    normalBins(new Random(2), scores, strata, normal);
    const totals = (sums: Float64Array) =>
      moments(Float64Array.from({ length: resamples }, (_, r) => sumOfBins(sums, r)));
    expectAlike(totals(drawn), totals(normal), resamples);
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) {
      const ofBin = (sums: Float64Array) =>
        moments(sums.filter((_, at) => at % CALIBRATION_BINS === bin));
      expectAlike(ofBin(drawn), ofBin(normal), resamples);
    }
  },
);

test.each([false, true])(
  'normal means are as skewed as drawn ones; stratified: %s',
  (stratified) => {
    // 12 samples in 3,000 make up the loss: their number in a resample is skewed by 0.3.
    const labels = Uint32Array.from({ length: 3_000 }, (_, i) => i % 3);
    const losses = Float64Array.from(labels, (label, i) => (i % 250 === 0 ? 10 : label / 100));
    const strata = strataOf(labels, 3, stratified);
    const resamples = 10_000;
    const drawn = new Float64Array(resamples);
    const normal = new Float64Array(resamples);
    drawResamples(new Random(1), strata, resamples, [takeMeans(losses, strata, drawn)]);
    normalMeans(new Random(2), losses, strata, normal);
    expectAlike(moments(drawn), moments(normal), resamples);
    expect(skewnessOf(drawn)).toBeGreaterThan(0.2);
    expect(Math.abs(skewnessOf(normal) - skewnessOf(drawn))).toBeLessThan(0.1);
  },
);

function skewnessOf(values: Float64Array): number {
  const { mean, deviation } = moments(values);
  return moments(values.map((value) => ((value - mean) / deviation) ** 3)).mean;
}

function sumOfBins(sums: Float64Array, r: number): number {
  return sums
    .subarray(r * CALIBRATION_BINS, (r + 1) * CALIBRATION_BINS)
    .reduce((sum, deviation) => sum + deviation, 0);
}

interface Moments {
  mean: number;
  deviation: number;
}

/** Within five standard errors: seeds are fixed, so this passes or fails for good. */
function expectAlike(one: Moments, other: Moments, count: number): void {
  const error = Math.max(one.deviation, 1e-12) * Math.sqrt(2 / count);
  expect(Math.abs(one.mean - other.mean)).toBeLessThan(5 * error);
  expect(Math.abs(one.deviation - other.deviation)).toBeLessThan(5 * error);
}

function moments(values: Float64Array): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
