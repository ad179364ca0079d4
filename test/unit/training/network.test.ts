import type { Tensor } from '@tensorflow/tfjs';
import { loadTfjs, type TensorFlow } from '../../../src/inference/tfjs/runtime';
import { dropoutMask, forwardWithDropout } from '../../../src/training/dropout';
import { copyWeights } from '../../../src/training/model-weights';
import { buildNetwork } from '../../../src/training/network';
import { Random } from '../../../src/training/random';
import { DEFAULT_NETWORK } from '../../../src/training/training-options';

const SHAPE = { height: 28, width: 28, channels: 1 };
const SMALL = { filters: [2, 3], hiddenUnits: 5, dropout: 0.2 } as const;

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await loadTfjs());
});

test('the default network is the original CNN, weight by weight', () => {
  const model = buildNetwork(tf, SHAPE, 10, DEFAULT_NETWORK, 1);
  expect(model.layers.map((layer) => layer.getClassName())).toEqual([
    'Conv2D',
    'Conv2D',
    'MaxPooling2D',
    'Dropout',
    'Flatten',
    'Dense',
    'Dropout',
    'Dense',
  ]);
  expect(model.weights.map((weight) => [weight.originalName, weight.shape])).toEqual([
    ['conv1/kernel', [3, 3, 1, 8]],
    ['conv1/bias', [8]],
    ['conv2/kernel', [3, 3, 8, 16]],
    ['conv2/bias', [16]],
    ['dense1/kernel', [3136, 256]],
    ['dense1/bias', [256]],
    ['logits/kernel', [256, 10]],
    ['logits/bias', [10]],
  ]);
  expect(model.layers.at(-1)?.getConfig()['activation']).toBe('linear');
  model.dispose();
});

test('first weights follow from the seed alone, and differ between layers', async () => {
  const weights = async (seed: number): Promise<Float32Array[]> => {
    const model = buildNetwork(tf, SHAPE, 10, SMALL, seed);
    const copy = await copyWeights(model);
    model.dispose();
    return copy;
  };
  const first = await weights(5);
  expect(await weights(5)).toEqual(first);
  const other = await weights(6);
  for (const kernel of [0, 2, 4, 6]) expect(other[kernel]).not.toEqual(first[kernel]);
});

test('without dropout the training pass equals the prediction', async () => {
  const model = buildNetwork(tf, SHAPE, 10, { ...SMALL, dropout: 0 }, 2);
  const images = tf.randomUniform([4, 28, 28, 1], 0, 1, 'float32', 3);
  const trained = tf.tidy(() => forwardWithDropout(tf, model, images, new Random(1)));
  const predicted = model.predict(images) as Tensor;
  expect(await trained.data()).toEqual(await predicted.data());
  tf.dispose([images, trained, predicted]);
  model.dispose();
});

test('dropout differs from step to step, and the same seed drops the same', async () => {
  const model = buildNetwork(tf, SHAPE, 10, { ...SMALL, dropout: 0.5 }, 2);
  const images = tf.randomUniform([4, 28, 28, 1], 0, 1, 'float32', 3);
  const pass = async (random: Random): Promise<Float32Array> => {
    const logits = tf.tidy(() => forwardWithDropout(tf, model, images, random));
    const values = Float32Array.from(await logits.data());
    logits.dispose();
    return values;
  };
  const random = new Random(8);
  const first = await pass(random);
  expect(await pass(random)).not.toEqual(first);
  expect(await pass(new Random(8))).toEqual(first);
  images.dispose();
  model.dispose();
});

test('a mask drops the given share and scales what stays, so that the mean stays', async () => {
  const mask = dropoutMask(tf, [100, 400], 0.2, new Random(21));
  const values = [...(await mask.data())];
  mask.dispose();
  const dropped = values.filter((value) => value === 0).length;
  // Six standard deviations of a binomial count with n = 40,000 and p = 0.2 are 480.
  expect(Math.abs(dropped - 8000)).toBeLessThan(480);
  expect(new Set(values)).toEqual(new Set([0, 1.25]));
});
