/** The main road: a checkpoint and a split go in over GraphQL, a stored result comes out. */
import path from 'node:path';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

interface WholeResult {
  loss: number;
  accuracy: number;
  balancedAccuracy: number;
  macroRecall: number;
  microF1: number;
  weightedRecall: number;
  sampleCount: number;
  classCount: number;
  backend: string;
  backendVersion: string;
  checkpointDigest: string;
  dataDigest: string;
  loadMs: number;
  inferenceMs: number;
  totalMs: number;
  run: { id: string; state: string; startedAt: string; finishedAt: string };
  checkpoint: { name: string; digest: string };
  dataset: { name: string; classNames: string[]; splits: { name: string; digest: string }[] };
  classMetrics: { classIndex: number; className: string; recall: number; support: number }[];
  confusionMatrix: {
    classNames: string[];
    counts: number[][];
    byTrue: number[][];
    byPred: number[][];
    byAll: number[][];
  };
}

const WHOLE_RESULT = `query ($id: ID!) {
  evaluationResult(id: $id) {
    loss accuracy balancedAccuracy macroRecall microF1 weightedRecall sampleCount classCount
    backend backendVersion checkpointDigest dataDigest loadMs inferenceMs totalMs
    run { id state startedAt finishedAt }
    checkpoint { name digest }
    dataset { name classNames splits { name digest } }
    classMetrics { classIndex className recall support }
    confusionMatrix {
      classNames counts
      byTrue: normalized byPred: normalized(by: PRED) byAll: normalized(by: ALL)
    }
  }
}`;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const column = (rows: readonly number[][], index: number) => rows.map((row) => row[index] ?? 0);

let service: TestService;
let datasetId: string;

beforeAll(async () => {
  service = await startTestService();
  datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
});

afterAll(() => service.end());

async function evaluated(checkpointId: string, more: Record<string, unknown> = {}) {
  const { client } = service;
  const queued = await client.runEvaluation({ checkpointId, datasetId, ...more });
  const ended = await client.settled(queued.id);
  const result = await client.field('evaluationResult', WHOLE_RESULT, { id: queued.id });
  return { queued, ended, result: result as WholeResult };
}

describe('runEvaluation', () => {
  it('answers at once with a QUEUED run that ends SUCCEEDED with a result', async () => {
    const checkpointId = await service.client.register(
      await writeLayersModel(path.join(service.root, 'linear')),
      'linear model',
    );
    const { queued, ended, result } = await evaluated(checkpointId);

    expect(queued).toMatchObject({ state: 'QUEUED', attempt: 0, failure: null });
    expect(queued.progress).toEqual({ samplesDone: 0, samplesTotal: 2000 });
    expect(ended).toMatchObject({ state: 'SUCCEEDED', attempt: 1, failure: null });
    expect(ended.progress).toEqual({ samplesDone: 2000, samplesTotal: 2000 });
    expect(result).toMatchObject({ sampleCount: 2000, classCount: 10, backend: 'onnxruntime' });
    expect(result.checkpoint).toEqual({ name: 'linear model', digest: result.checkpointDigest });
    expect(result.run).toMatchObject({ id: queued.id, state: 'SUCCEEDED' });
    expect(Date.parse(result.run.finishedAt)).toBeGreaterThanOrEqual(
      Date.parse(result.run.startedAt),
    );
    expect(result.totalMs).toBeGreaterThanOrEqual(result.inferenceMs);
    expect(result.inferenceMs).toBeGreaterThan(0);
    const split = result.dataset.splits.find(({ name }) => name === 'test');
    expect(result.dataDigest).toBe(split?.digest);
  });

  it('gives a K×K confusion matrix whose rows sum to the support, and three normalisations', async () => {
    const folder = await writeLayersModel(path.join(service.root, 'matrix'), { seed: 2 });
    const { result } = await evaluated(await service.client.register(folder));
    const { counts, classNames, byTrue, byPred, byAll } = result.confusionMatrix;

    expect(classNames).toEqual(result.dataset.classNames);
    expect(classNames).toHaveLength(10);
    expect(counts.map((row) => row.length)).toEqual(Array<number>(10).fill(10));
    expect(counts.map(sum)).toEqual(result.classMetrics.map(({ support }) => support));
    expect(sum(counts.map(sum))).toBe(2000);
    expect(sum(counts.map((row, k) => row[k] ?? 0)) / 2000).toBe(result.accuracy);
    expect(result.classMetrics.map(({ className }) => className)).toEqual(classNames);
    expect(result.classMetrics.map(({ classIndex }) => classIndex)).toEqual([...classNames.keys()]);

    for (const [k, row] of counts.entries()) {
      for (const [j, count] of row.entries()) {
        const predicted = sum(column(counts, j));
        expect(byTrue[k]?.[j]).toBeCloseTo(count / sum(row), 12);
        expect(byPred[k]?.[j]).toBeCloseTo(predicted === 0 ? 0 : count / predicted, 12);
        expect(byAll[k]?.[j]).toBeCloseTo(count / 2000, 12);
      }
      expect(result.classMetrics[k]?.recall).toBeCloseTo((row[k] ?? 0) / sum(row), 12);
    }
    // The sample set holds equally many of each class, where these are one and the same.
    expect(result.balancedAccuracy).toBeCloseTo(result.accuracy, 12);
    expect(result.microF1).toBeCloseTo(result.accuracy, 12);
    expect(result.macroRecall).toBeCloseTo(result.weightedRecall, 12);
  });

  it('gives the same figures through an ONNX file, through tfjs and with other batches', async () => {
    const folder = path.join(service.root, 'same');
    const options = { seed: 3, filters: [4] };
    const file = await writeOnnxModel(path.join(service.root, 'same.onnx'), folder, options);
    const layersId = await service.client.register(folder);
    const onnxId = await service.client.register(file);

    const first = (await evaluated(layersId)).result;
    const others = [
      await evaluated(onnxId),
      await evaluated(layersId, { batchSize: 37 }),
      await evaluated(layersId, { engine: 'TFJS', batchSize: 500 }),
    ];
    for (const { result } of others) {
      expect(result.loss).toBeCloseTo(first.loss, 5);
      expect(result.accuracy).toBeCloseTo(first.accuracy, 2);
    }
    expect(others[0]?.result.checkpointDigest).not.toBe(first.checkpointDigest);
    expect(['tensorflow', 'wasm']).toContain(others[2]?.result.backend);
  });

  it('has no result while the run has none', async () => {
    const filters = [16];
    const folder = await writeLayersModel(path.join(service.root, 'later'), { seed: 4, filters });
    const checkpointId = await service.client.register(folder);
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    const early = await service.client.field('evaluationResult', WHOLE_RESULT, { id });
    await service.client.settled(id);
    const late = await service.client.field('evaluationResult', WHOLE_RESULT, { id });
    expect(early).toBeNull();
    expect(late).not.toBeNull();
  });
});
