import {
  enableProdMode,
  io,
  layers,
  type LayersModel,
  sequential,
  setBackend,
  tensor,
  type Tensor,
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

/** Norms, average pools that pad, a global one and probabilities at the end. */
function normedNetwork(): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({
        inputShape: [11, 14, 3],
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
      }),
      layers.batchNormalization({}),
      layers.reLU(),
      layers.averagePooling2d({ poolSize: [3, 2], strides: [2, 2], padding: 'same' }),
      layers.conv2d({ filters: 5, kernelSize: 2, padding: 'same' }),
      layers.batchNormalization({ scale: false, center: false, epsilon: 0.1 }),
      layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'valid' }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
}

/** Small images, whose sizes do not say by themselves where their channels are. */
function smallNetwork(inputShape: [number, number, number]): () => LayersModel {
  return () =>
    sequential({
      layers: [
        layers.conv2d({ inputShape, filters: 3, kernelSize: 1 }),
        layers.flatten(),
        layers.dense({ units: 3 }),
      ],
    });
}

/** Random weights of a size that keeps the logits near 1, biases too: zeros would hide mistakes. */
function fillWeights(model: LayersModel): void {
  model.setWeights(
    model.weights.map((weight, i) => {
      const { shape, name } = { shape: weight.shape as number[], name: weight.originalName };
      const size = shape.reduce((product, each) => product * each, 1);
      const inputs = shape.length === 1 ? 10 : size / (shape.at(-1) ?? 1);
      // A variance is above 0.
      const values = randomValues(size, i + 1).map((value) =>
        name.endsWith('moving_variance') ? 1.5 + value : value * Math.sqrt(3 / inputs),
      );
      return tensor(values, shape);
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
  ['a network with norms, average pools and softmax', normedNetwork],
  ['a network of two channels', smallNetwork([28, 28, 2])],
  ['a network of two channels and one column', smallNetwork([2, 1, 2])],
  ['a network of as many columns as colours', smallNetwork([5, 3, 3])],
])('%s, saved by tfjs, gives what tfjs gives itself, by both engines', async (_, network) => {
  const model = network();
  fillWeights(model);
  const checkpoint = await saved(model);
  const { inputShape, classCount, parameterCount } = describeCheckpoint(checkpoint);
  const trained = model.trainableWeights.reduce(
    (sum, weight) => sum + (weight.shape as number[]).reduce((product, size) => product * size, 1),
    0,
  );
  // Norms that are not scaled and shifted have no such weights in tfjs, and ones and zeros here.
  expect(parameterCount - trained).toBe(network === normedNetwork ? 10 : 0);
  const split = randomSplit(inputShape, classCount, 100);

  const onnx = await evaluator.evaluate(requestFor({ checkpoint, split, batchSize: 32 }));
  const tfjs = await evaluator.evaluate(
    requestFor({ checkpoint, split, batchSize: 32, engine: 'tfjs' }),
  );

  expect(onnx.backend.name).toBe('onnxruntime');
  expect(['tensorflow', 'wasm']).toContain(tfjs.backend.name);
  const pixels = Float32Array.from(split.images, (byte) => byte / 255);
  const { height, width, channels } = inputShape;
  const own = model.predict(tensor(pixels, [100, height, width, channels])) as Tensor;
  const expected = own.dataSync();
  for (const { logits } of [onnx, tfjs]) {
    logits.forEach((logit, i) => {
      expect(Math.abs(logit - (expected[i] as number))).toBeLessThan(1e-4);
    });
  }
  const differences = onnx.logits.map((logit, i) => Math.abs(logit - (tfjs.logits[i] as number)));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
  const spread = Math.max(...onnx.logits) - Math.min(...onnx.logits);
  expect(spread).toBeGreaterThan(0.05);
  for (let sample = 0; sample < split.sampleCount; sample++) {
    const start = sample * classCount;
    expect(argmax(onnx.logits, start, classCount)).toBe(argmax(tfjs.logits, start, classCount));
  }
});
