/** Seeded dropout: tfjs's own layer, given a seed, drops the same activations at every step. */
import type { Sequential, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../inference/tfjs/runtime';
import type { Random } from './random';

/**
 * The forward pass of a training step: as `model.predict`, with inverted dropout (what stays is
 * divided by the share that stays, Srivastava et al. 2014) at the dropout layers.
 *
 * @param images N×height×width×channels, values 0 to 1
 * @returns N×classCount logits, part of the gradient tape that is open
 */
export function forwardWithDropout(
  tf: TensorFlow,
  model: Sequential,
  images: Tensor,
  random: Random,
): Tensor {
  let x = images;
  for (const layer of model.layers) {
    const rate = layer.getClassName() === 'Dropout' ? (layer.getConfig()['rate'] as number) : 0;
    if (layer.getClassName() !== 'Dropout') x = layer.apply(x) as Tensor;
    else if (rate > 0) x = tf.mul(x, dropoutMask(tf, x.shape, rate, random));
  }
  return x;
}

/** Each element 0 with probability `rate`, else 1 / (1 − rate). */
export function dropoutMask(tf: TensorFlow, shape: number[], rate: number, random: Random): Tensor {
  const kept = 1 / (1 - rate);
  const threshold = Math.round(rate * 2 ** 32);
  const mask = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < mask.length; i++) mask[i] = random.next() < threshold ? 0 : kept;
  return tf.tensor(mask, shape);
}
