/** The ONNX reference checkpoint through the whole service equals what PyTorch and scikit-learn say of it. */
import path from 'node:path';
import { mirrorFolder, itWithMirrorAndReference, referenceFolder } from '../../support/reference';
import { largestDifference, storedLogits } from '../../support/stored-logits';
import { startTestService, type TestService } from '../../support/test-service';
import { fashionFigures, fashionPredictions } from '../../unit/metrics/reference-figures';

const FIGURES = `query ($id: ID!) {
  evaluationResult(id: $id) {
    sampleCount loss accuracy balancedAccuracy microF1
    macroPrecision macroRecall macroF1 weightedPrecision weightedRecall weightedF1
    classMetrics { label: classIndex precision recall f1 support }
    confusionMatrix {
      counts
      true: normalized(by: TRUE) pred: normalized(by: PRED) all: normalized(by: ALL)
    }
  }
}`;

interface Answered {
  sampleCount: number;
  loss: number;
  accuracy: number;
  balancedAccuracy: number;
  microF1: number;
  macroPrecision: number;
  macroRecall: number;
  macroF1: number;
  weightedPrecision: number;
  weightedRecall: number;
  weightedF1: number;
  classMetrics: Record<'label' | 'precision' | 'recall' | 'f1' | 'support', number>[];
  confusionMatrix: Record<'counts' | 'true' | 'pred' | 'all', number[][]>;
}

const SHARD_SIZE = 3_000;

let service: TestService | undefined;

afterAll(() => service?.end());

async function evaluateReference(): Promise<{ runId: string; service: TestService }> {
  service = await startTestService({
    dataMirror: mirrorFolder,
    configure: (config) => {
      // Several blocks, the last one shorter: the parts must come together again.
      config.evaluation.shardSize = SHARD_SIZE;
      config.checkpointRoots = [path.resolve(referenceFolder ?? '')];
    },
  });
  const { client, app } = service;
  const checkpointId = await client.register('fashion-cnn.onnx');
  const datasetId = (await app.services.datasets.register('fashion-mnist')).id;
  const { id } = await client.runEvaluation({ checkpointId, datasetId });
  expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  return { runId: id, service };
}

describe('the reference checkpoint on the 10,000 test images', () => {
  itWithMirrorAndReference('equals the reference in every cell, metric and logit', async () => {
    const { runId, service } = await evaluateReference();
    const answer = await service.client.field('evaluationResult', FIGURES, { id: runId });
    const found = answer as Answered;
    const expected = fashionFigures();

    expect(found.confusionMatrix.counts).toEqual(expected.confusionMatrix);
    expect(found.accuracy).toBe(0.8033);
    expect(found.sampleCount).toBe(expected.n);
    expect(Math.abs(found.loss - expected.loss)).toBeLessThan(1e-6);
    const { macro, weighted, micro, balancedAccuracy, perClass } = expected;
    const differences = [
      found.balancedAccuracy - balancedAccuracy,
      found.microF1 - micro.f1,
      found.macroPrecision - macro.precision,
      found.macroRecall - macro.recall,
      found.macroF1 - macro.f1,
      found.weightedPrecision - weighted.precision,
      found.weightedRecall - weighted.recall,
      found.weightedF1 - weighted.f1,
      ...perClass.flatMap((metrics, k) =>
        (['label', 'precision', 'recall', 'f1', 'support'] as const).map(
          (name) => (found.classMetrics[k]?.[name] ?? NaN) - metrics[name],
        ),
      ),
      ...(['true', 'pred', 'all'] as const).flatMap((by) =>
        expected.confusionMatrixNormalized[by].flatMap((row, k) =>
          row.map((share, j) => (found.confusionMatrix[by][k]?.[j] ?? NaN) - share),
        ),
      ),
    ];
    expect(differences).toHaveLength(8 + 50 + 300);
    for (const difference of differences) expect(Math.abs(difference)).toBeLessThan(1e-9);

    const { dataSource } = service.app.services.database;
    const logits = await storedLogits(dataSource, runId);
    expect(logits).toHaveLength(100_000);
    expect(largestDifference(logits, fashionPredictions().logits)).toBeLessThan(1e-4);
    const blocks = await dataSource.query<{ sample_count: number }[]>(
      'SELECT sample_count FROM prediction_block WHERE run_id = $1 ORDER BY shard',
      [runId],
    );
    expect(blocks.map((block) => block.sample_count)).toEqual([3_000, 3_000, 3_000, 1_000]);
  });
});
