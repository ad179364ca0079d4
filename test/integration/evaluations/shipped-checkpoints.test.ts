/** The checkpoints that ship are as good as we say, and give the same answers on both engines. */
import path from 'node:path';
import { loadConfig } from '../../../src/config/load-config';
import { projectRoot } from '../../../src/config/project-root';
import { itWithMirror, mirrorFolder } from '../../support/reference';
import { largestDifference, predictionsOf, storedLogits } from '../../support/stored-logits';
import { startTestService, type TestService } from '../../support/test-service';

const { config, folder } = loadConfig({});
const FASHION_CNN = path.resolve(folder, config.ckptPath);
const SAMPLE_CNN = path.join(projectRoot(), 'checkpoints', 'sample-cnn');

let service: TestService;

beforeAll(async () => {
  service = await startTestService({
    dataMirror: mirrorFolder,
    configure: ({ checkpointRoots, thresholds }) => {
      checkpointRoots.push(path.dirname(FASHION_CNN), path.dirname(SAMPLE_CNN));
      Object.assign(thresholds, config.thresholds);
    },
  });
});

afterAll(() => service.end());

async function evaluated(checkpoint: string, dataset: string, engine: 'ONNX' | 'TFJS') {
  const { client, app } = service;
  const checkpointId = await client.register(checkpoint);
  const datasetId = (await app.services.datasets.register(dataset)).id;
  const { id } = await client.runEvaluation({ checkpointId, datasetId, engine });
  expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  const result = await app.services.evaluations.result(id);
  if (!result) throw new Error('a succeeded run has a result');
  return { result, logits: await storedLogits(app.services.database.dataSource, id) };
}

async function expectEnginesToAgree(checkpoint: string, dataset: string, count: number) {
  const onnx = await evaluated(checkpoint, dataset, 'ONNX');
  const tfjs = await evaluated(checkpoint, dataset, 'TFJS');
  expect(onnx.result.backend).toBe('onnxruntime');
  expect(['tensorflow', 'wasm']).toContain(tfjs.result.backend);
  const predictions = predictionsOf(onnx.logits, 10);
  expect(predictions).toHaveLength(count);
  expect(predictionsOf(tfjs.logits, 10)).toEqual(predictions);
  expect(largestDifference(onnx.logits, tfjs.logits)).toBeLessThan(1e-4);
  expect(tfjs.result.confusionMatrix).toEqual(onnx.result.confusionMatrix);
  return onnx.result;
}

describe('the shipped CNN', () => {
  itWithMirror(
    'reaches 0.915 on the test split, passes the thresholds, and both engines agree on all images',
    async () => {
      const result = await expectEnginesToAgree(FASHION_CNN, 'fashion-mnist', 10_000);
      expect(result.sampleCount).toBe(10_000);
      expect(result.accuracy).toBeGreaterThanOrEqual(0.915);
      const gate = await service.app.services.gate.check(result);
      expect(gate.checks.map(({ name }) => name).sort()).toEqual(['accuracy', 'macro_f1']);
      expect(gate.passed).toBe(true);
    },
    180_000,
  );

  it('is the network of config.yaml, 806,890 parameters on images of 28×28', async () => {
    const { client, app } = service;
    const checkpoint = await app.services.checkpoints.get(await client.register(FASHION_CNN));
    expect(checkpoint).toMatchObject({
      format: 'tfjs-layers',
      inputHeight: config.model.inputImgSize,
      inputWidth: config.model.inputImgSize,
      inputChannels: config.model.numChannels,
      classCount: config.model.numClasses,
      parameterCount: 806_890,
    });
    expect(checkpoint.metadata).toMatchObject({
      dataset: { name: 'fashion-mnist', split: 'train' },
      training: { validationFraction: config.trainParams.validationFraction },
    });
  });
});

describe('the small CNN of the sample set', () => {
  it('does its set well, and both engines agree on all of it', async () => {
    const result = await expectEnginesToAgree(SAMPLE_CNN, 'sample-shapes', 2_000);
    expect(result.accuracy).toBeGreaterThanOrEqual(0.9);
    expect((await service.app.services.gate.check(result)).passed).toBe(true);
  });
});
