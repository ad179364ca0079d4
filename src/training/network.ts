/** The CNN: two convolutions, a pool and two dense layers; logits come out, no softmax. */
import type { Sequential } from '@tensorflow/tfjs';
import type { ImageShape } from '../datasets/dataset';
import type { TensorFlow } from '../inference/tfjs/runtime';
import { seedFor } from './random';
import type { NetworkOptions } from './training-options';

/**
 * Builds conv 3×3 same, ReLU, conv 3×3 same, ReLU, max-pool 2, dropout, flatten, dense, ReLU, dropout,
 * dense. Kernels start uniform after Glorot & Bengio 2010, biases at 0.
 *
 * @param seed the same seed gives the same first weights on every backend
 * @returns a model from N×height×width×channels (values 0 to 1) to N×classCount logits; the caller
 *   disposes it
 */
export function buildNetwork(
  tf: TensorFlow,
  imageShape: ImageShape,
  classCount: number,
  options: NetworkOptions,
  seed: number,
): Sequential {
  const { height, width, channels } = imageShape;
  const kernelInitializer = (layer: string): ReturnType<typeof tf.initializers.glorotUniform> =>
    tf.initializers.glorotUniform({ seed: seedFor(seed, `weights of ${layer}`) });
  const conv = (name: string, filters: number, inputShape?: number[]) =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: kernelInitializer(name),
      ...(inputShape && { inputShape }),
    });
  // All layers are named: tfjs's own names count on within a process, and would change the file.
  return tf.sequential({
    name: 'assay_cnn',
    layers: [
      conv('conv1', options.filters[0], [height, width, channels]),
      conv('conv2', options.filters[1]),
      tf.layers.maxPooling2d({ name: 'pool', poolSize: 2, strides: 2 }),
      tf.layers.dropout({ name: 'dropout1', rate: options.dropout }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({
        name: 'dense1',
        units: options.hiddenUnits,
        activation: 'relu',
        kernelInitializer: kernelInitializer('dense1'),
      }),
      tf.layers.dropout({ name: 'dropout2', rate: options.dropout }),
      tf.layers.dense({
        name: 'logits',
        units: classCount,
        kernelInitializer: kernelInitializer('logits'),
      }),
    ],
  });
}
