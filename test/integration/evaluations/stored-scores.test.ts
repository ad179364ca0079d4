/** What a result keeps of raw outputs, and its curves, through GraphQL: held against the reference and its own logits. */
import path from 'node:path';
import { fullReport, type ScoredReport } from '../../../src/metrics/full-report';
import type { Predictions } from '../../../src/metrics/sample-scores';
import { bootstrapIntervals } from '../../../src/metrics/statistics/bootstrap';
import { wilsonInterval } from '../../../src/metrics/statistics/wilson-interval';
import { RESULT_METRICS } from '../../../src/evaluations/result-metric';
import { itWithMirrorAndReference, mirrorFolder, referenceFolder } from '../../support/reference';
import { storedLogits } from '../../support/stored-logits';
import { newRun, storeResult } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';
import {
  fashionFigures,
  fashionPredictions,
  fashionRankedFigures,
} from '../../unit/metrics/reference-figures';

const SCORES = `
  classCount
  top2Accuracy top3Accuracy top5Accuracy cohenKappa matthewsCorrcoef
  rocAucMacro rocAucWeighted averagePrecisionMacro brierScore expectedCalibrationError
  classMetrics { className recall support rocAuc averagePrecision recallInterval { lower upper } }
  intervals { metric method level lower upper resamples seed stratified }
  reliability { lower upper count accuracy meanConfidence }
  dummyBaselines { strategy accuracy macroF1 loss }`;
const RESULT = `query ($id: ID!) { evaluationResult(id: $id) { ${SCORES} } }`;
const CURVES = `query ($id: ID!, $classes: [Int!]) {
  evaluationResult(id: $id) {
    rocCurves(classIndexes: $classes) { classIndex className area points { x y threshold } }
    precisionRecallCurves(classIndexes: $classes) { classIndex area points { x y threshold } }
  }
}`;

interface Scores extends Record<string, unknown> {
  classMetrics: {
    recall: number;
    rocAuc: number;
    averagePrecision: number;
    recallInterval: { lower: number; upper: number };
  }[];
  intervals: { metric: string; method: string; lower: number; upper: number }[];
  reliability: { count: number; accuracy: number | null; meanConfidence: number | null }[];
}
interface Curve {
  classIndex: number;
  className: string;
  area: number;
  points: { x: number; y: number; threshold: number | null }[];
}
interface Curves {
  rocCurves: Curve[];
  precisionRecallCurves: Curve[];
}

let service: TestService;

beforeAll(async () => {
  service = await startTestService({
    dataMirror: mirrorFolder,
    configure: (config) => {
      // Several blocks, the last one shorter: they must come together in their order.
      config.evaluation.shardSize = 3_000;
      config.checkpointRoots = [path.resolve(referenceFolder ?? '.')];
      config.limits.queryCost = 20_000;
    },
  });
});

afterAll(() => service.end());

const ask = async <T>(query: string, variables: Record<string, unknown>) =>
  (await service.client.field('evaluationResult', query, variables)) as T;

async function evaluatedReference(): Promise<{
  id: string;
  expected: ScoredReport & { predictions: Predictions };
}> {
  const { client, app } = service;
  const checkpointId = await client.register('fashion-cnn.onnx');
  const datasetId = (await app.services.datasets.register('fashion-mnist')).id;
  const { id } = await client.runEvaluation({ checkpointId, datasetId });
  expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  const outputs = await storedLogits(app.services.database.dataSource, id);
  const { labels } = fashionPredictions();
  const predictions = { outputs, labels, classCount: 10 };
  return { id, expected: { predictions, ...fullReport(predictions, { curves: true }) } };
}

itWithMirrorAndReference('are those of its outputs, and the reference has them too', async () => {
  const { id, expected } = await evaluatedReference();
  const found = await ask<Scores>(RESULT, { id });
  const { report, scores } = expected;
  expect(found).toMatchObject({
    top2Accuracy: report.topK[2],
    top3Accuracy: report.topK[3],
    top5Accuracy: report.topK[5],
    cohenKappa: report.cohenKappa,
    matthewsCorrcoef: report.matthewsCorrcoef,
    rocAucMacro: report.rocAucOvr.macro,
    rocAucWeighted: report.rocAucOvr.weighted,
    averagePrecisionMacro: report.averagePrecision.macro,
    brierScore: report.brier,
    expectedCalibrationError: report.calibration.expectedCalibrationError,
  });

  // PyTorch's logits are not the same to the last bit: only counts can be.
  const exact = fashionFigures();
  const ranked = fashionRankedFigures();
  expect(found['top3Accuracy']).toBe(exact.topK[3]);
  expect(found['cohenKappa']).toBeCloseTo(exact.cohenKappa ?? NaN, 9);
  expect(found['brierScore']).toBeCloseTo(exact.brier, 6);
  expect(found['rocAucMacro']).toBeCloseTo(ranked.rocAucOvr?.macro ?? NaN, 6);
  expect(found['averagePrecisionMacro']).toBeCloseTo(ranked.averagePrecision?.macro ?? NaN, 6);
  expect(found['expectedCalibrationError']).toBeCloseTo(
    ranked.expectedCalibrationError15 ?? NaN,
    6,
  );

  found.classMetrics.forEach((ofClass, k) => {
    expect(ofClass.rocAuc).toBe(report.rocAucOvr.perClass[k]);
    expect(ofClass.averagePrecision).toBe(report.averagePrecision.perClass[k]);
    expect(ofClass.recallInterval.lower).toBeLessThan(ofClass.recall);
    expect(ofClass.recallInterval.upper).toBeGreaterThan(ofClass.recall);
  });

  const intervalOf = (metric: string, method = 'BOOTSTRAP') =>
    found.intervals.find((one) => one.metric === metric && one.method === method);
  const { intervals, ...options } = bootstrapIntervals(expected.predictions, scores);
  const { level, resamples, seed, stratified } = options;
  const settings = { level, resamples, seed, stratified };
  const ends = (of: { low: number; high: number } | null | undefined) => ({
    lower: of?.low,
    upper: of?.high,
  });
  expect(intervalOf('LOSS')).toMatchObject({ ...settings, ...ends(intervals.loss) });
  expect(intervalOf('MACRO_F1')).toMatchObject({ ...settings, ...ends(intervals.macroF1) });
  expect(intervalOf('TOP5_ACCURACY')).toMatchObject(ends(intervals.top5));
  expect(intervalOf('BRIER_SCORE')).toMatchObject(ends(intervals.brier));
  for (const metric of ['ACCURACY', 'MICRO_F1', 'WEIGHTED_RECALL']) {
    expect(intervalOf(metric)).toMatchObject(ends(intervals.accuracy));
  }
  const [low, high] = exact.accuracyWilson95;
  const wilson = intervalOf('ACCURACY', 'WILSON');
  expect(wilson).toMatchObject({ level: 0.95, resamples: null, seed: null, stratified: null });
  expect(wilson?.lower).toBeCloseTo(low, 9);
  expect(wilson?.upper).toBeCloseTo(high, 9);
  for (const k of [2, 3, 5] as const) {
    expect(intervalOf(`TOP${k}_ACCURACY`, 'WILSON')).toMatchObject(
      ends(wilsonInterval(Math.round((report.topK[k] ?? NaN) * 10_000), 10_000)),
    );
  }
  expect(intervalOf('ROC_AUC_MACRO')).toMatchObject(ends(intervals.rocAucMacro));
  expect(intervalOf('ROC_AUC_WEIGHTED')).toMatchObject(ends(intervals.rocAucWeighted));
  expect(intervalOf('AVERAGE_PRECISION_MACRO', 'BOOTSTRAP_BASIC')).toMatchObject({
    ...settings,
    ...ends(intervals.averagePrecisionMacro),
  });
  expect(intervalOf('EXPECTED_CALIBRATION_ERROR', 'BOOTSTRAP_DIRECTIONAL')).toMatchObject({
    ...settings,
    ...ends(intervals.expectedCalibrationError),
  });
  // Every scalar that is stored has one.
  expect(new Set(found.intervals.map(({ metric }) => metric)).size).toBe(RESULT_METRICS.length);

  expect(found.reliability).toHaveLength(15);
  expect(found.reliability[14]).toMatchObject({ lower: 14 / 15, upper: 1 });
  const distance = found.reliability.reduce(
    (sum, { count, accuracy, meanConfidence }) =>
      sum + count * Math.abs((accuracy ?? 0) - (meanConfidence ?? 0)),
    0,
  );
  expect(distance / 10_000).toBeCloseTo(found['expectedCalibrationError'] as number, 12);

  const logarithm: unknown = expect.closeTo(Math.log(10), 12);
  expect(found['dummyBaselines']).toEqual([
    { strategy: 'MAJORITY_CLASS', accuracy: 0.1, macroF1: 0.2 / 1.1 / 10, loss: logarithm },
    {
      strategy: 'STRATIFIED',
      accuracy: expect.closeTo(0.1, 12) as unknown,
      macroF1: expect.closeTo(0.1, 12) as unknown,
      loss: null,
    },
  ]);

  const { rocCurves, precisionRecallCurves } = await ask<Curves>(CURVES, { id });
  expect(rocCurves.map(({ classIndex }) => classIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(rocCurves[6]?.className).toBe('Shirt');
  rocCurves.forEach(({ area, points }, k) => {
    expect(area).toBe(report.rocAucOvr.perClass[k]);
    const expectedPoints = expected.curves[k]?.roc?.map(
      ({ falsePositiveRate: x, truePositiveRate: y, threshold }) => ({ x, y, threshold }),
    );
    expect(points).toEqual(expectedPoints);
    const trapezoids = points.slice(1).reduce((sum, { x, y }, i) => {
      const from = points[i] as Curve['points'][number];
      return sum + ((x - from.x) * (y + from.y)) / 2;
    }, 0);
    expect(Math.abs(trapezoids - area)).toBeLessThanOrEqual(1e-4);
  });
  precisionRecallCurves.forEach(({ area, points }, k) => {
    expect(area).toBe(report.averagePrecision.perClass[k]);
    const steps = points.reduce((sum, { x, y }, i) => sum + (x - (points[i - 1]?.x ?? 0)) * y, 0);
    expect(Math.abs(steps - area)).toBeLessThanOrEqual(1e-4);
  });

  const some = await ask<Curves>(CURVES, { id, classes: [6, 2, 6] });
  expect(some.rocCurves).toEqual([rocCurves[6], rocCurves[2]]);
  const codes = (classes: number[]) => service.client.codes(CURVES, { id, classes });
  expect(await codes([10])).toEqual(['CLASS_INDEX_OUT_OF_RANGE']);
  expect(await codes([-1])).toEqual(['CLASS_INDEX_OUT_OF_RANGE']);
  expect(await codes(Array.from({ length: 21 }, () => 0))).toEqual(['BAD_USER_INPUT']);
});

it('are null in a result from before, whose intervals, bins and curves are not there', async () => {
  const { dataSource } = service.app.services.database;
  const { runId: id } = await storeResult(dataSource, await newRun(dataSource));
  const found = await ask<Scores>(RESULT, { id });
  expect(found).toMatchObject({
    classCount: 2,
    top2Accuracy: null,
    cohenKappa: null,
    rocAucMacro: null,
    brierScore: null,
    expectedCalibrationError: null,
    intervals: [],
    reliability: [],
  });
  expect(found.classMetrics[1]).toMatchObject({ rocAuc: null, averagePrecision: null, recall: 1 });
  expect(found['dummyBaselines']).toHaveLength(2);
  // Its dataset is none that this service knows.
  expect(await service.client.codes(CURVES, { id })).toEqual(['DATASET_UNKNOWN']);
});
