import {
  enableProdMode,
  io,
  layers,
  type LayersModel,
  sequential,
  setBackend,
  tensor,
} from '@tensorflow/tfjs';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import type { CheckpointFiles } from '../../../src/checkpoints/formats/checkpoint-files';
import { argmax } from '../../../src/metrics/cross-entropy';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';
import { checkpointOf, randomValues } from '../../unit/inference/support/layers-checkpoint';

const evaluator = evaluatorForTests();

beforeAll(async () => {
  enableProdMode();
  await setBackend('cpu');
});

/** Odd sizes, strides and colours, so that each padding and each order of axes shows. */
function oddNetwork(): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({
        inputShape: [13, 10, 3],
        filters: 5,
        kernelSize: [3, 4],
        strides: [2, 1],
        padding: 'same',
        activation: 'relu',
      }),
      layers.maxPooling2d({ poolSize: [3, 2], strides: [2, 2], padding: 'same' }),
      layers.conv2d({ filters: 4, kernelSize: 2, padding: 'valid', useBias: false }),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'valid' }),
      layers.dropout({ rate: 0.2 }),
      layers.flatten(),
      layers.activation({ activation: 'relu' }),
      layers.dense({ units: 16, activation: 'relu' }),
      layers.dense({ units: 7 }),
    ],
  });
}

/** DESIGN's CNN on images of 28×28. */
function fashionNetwork(): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({
        inputShape: [28, 28, 1],
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
      }),
      layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.2 }),
      layers.flatten(),
      layers.dense({ units: 256, activation: 'relu' }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 10 }),
    ],
  });
}

/** Random weights of a size that keeps the logits near 1, biases too: zeros would hide mistakes. */
function fillWeights(model: LayersModel): void {
  model.setWeights(
    model.getWeights().map((weight, i) => {
      const inputs = weight.rank === 1 ? 10 : weight.size / (weight.shape.at(-1) ?? 1);
      const values = randomValues(weight.size, i + 1).map((value) => value * Math.sqrt(3 / inputs));
      return tensor(values, weight.shape);
    }),
  );
}

/** What tfjs writes to disk, held in memory. */
async function saved(model: LayersModel): Promise<CheckpointFiles> {
  let files: Record<string, Uint8Array> = {};
  await model.save(
    io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs: weights, weightData } = artifacts;
      const weightsManifest = [{ paths: ['weights.bin'], weights }];
      files = {
        'model.json': Buffer.from(JSON.stringify({ modelTopology, weightsManifest })),
        'weights.bin': new Uint8Array(weightData as ArrayBuffer),
      };
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const },
      });
    }),
  );
  return checkpointOf(files);
}

test.each([
  ['a network of odd sizes', oddNetwork],
  ['the CNN for Fashion-MNIST', fashionNetwork],
])('%s, saved by tfjs, gives the same logits by onnxruntime and by tfjs', async (_, network) => {
  const model = network();
  fillWeights(model);
  const checkpoint = await saved(model);
  const { inputShape, classCount, parameterCount } = describeCheckpoint(checkpoint);
  expect(parameterCount).toBe(model.countParams());
  const split = randomSplit(inputShape, classCount, 100);

  const onnx = await evaluator.evaluate(requestFor({ checkpoint, split, batchSize: 32 }));
  const tfjs = await evaluator.evaluate(
    requestFor({ checkpoint, split, batchSize: 32, engine: 'tfjs' }),
  );

  expect(onnx.backend.name).toBe('onnxruntime');
  expect(['tensorflow', 'wasm']).toContain(tfjs.backend.name);
  const differences = onnx.logits.map((logit, i) => Math.abs(logit - (tfjs.logits[i] as number)));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
  const spread = Math.max(...onnx.logits) - Math.min(...onnx.logits);
  expect(spread).toBeGreaterThan(0.1);
  for (let sample = 0; sample < split.sampleCount; sample++) {
    const start = sample * classCount;
    expect(argmax(onnx.logits, start, classCount)).toBe(argmax(tfjs.logits, start, classCount));
  }
});
