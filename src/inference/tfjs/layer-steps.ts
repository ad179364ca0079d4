/** The layers of a SequentialModel as tfjs operations on images with channels last. */
import type { Tensor, Tensor4D, Tensor1D } from '@tensorflow/tfjs';
import type {
  AvgPool2dSpec,
  HeightWidth,
  MaxPool2dSpec,
  Padding,
} from '../../checkpoints/formats/layer-spec';
import type {
  BatchNorm2dLayer,
  Conv2dLayer,
  DenseLayer,
  SequentialLayer,
  Tensor as Values,
} from '../../checkpoints/formats/sequential-model';
import { samePadding } from '../../checkpoints/formats/same-padding';
import type { TensorFlow } from './runtime';

/** A batch in, a batch out; what it makes on the way belongs to the caller's tidy. */
export type Step = (batch: Tensor) => Tensor;

/** Keeps a tensor for as long as the model lives. */
export type Keep = <T extends Tensor>(tensor: T) => T;

/**
 * A ReLU behind a convolution or a dense layer is computed with it: one pass over the values instead of two.
 *
 * @param keep is told of every weight
 */
export function stepsOf(tf: TensorFlow, layers: readonly SequentialLayer[], keep: Keep): Step[] {
  return layers.flatMap((layer, i) => {
    const relu = layers[i + 1]?.kind === 'relu';
    switch (layer.kind) {
      case 'conv2d':
        return [conv(tf, layer, relu, keep)];
      case 'dense':
        return [dense(tf, layer, relu, keep)];
      case 'batchNorm2d':
        return [batchNorm(tf, layer, keep)];
      case 'maxPool2d':
        return [maxPool(tf, layer)];
      case 'avgPool2d':
        return [avgPool(tf, layer)];
      case 'globalAvgPool2d':
        return [(batch) => tf.mean(batch, [1, 2], true)];
      case 'flatten':
        return [(batch) => flatten(tf, batch)];
      case 'softmax':
        return [(batch) => tf.softmax(batch)];
      case 'relu': {
        const before = layers[i - 1]?.kind;
        return before === 'conv2d' || before === 'dense' ? [] : [(batch) => tf.relu(batch)];
      }
      case 'dropout':
        return [];
    }
  });
}

function conv(tf: TensorFlow, layer: Conv2dLayer, relu: boolean, keep: Keep): Step {
  const { weight, strides, padding } = layer;
  const [height = 0, width = 0] = weight.shape.slice(2);
  // [out, in, height, width] → [height, width, in, out]
  const filter = keep(tf.tidy(() => tf.transpose(tensorOf(tf, weight), [2, 3, 1, 0]) as Tensor4D));
  const bias = layer.bias && keep(tensorOf(tf, layer.bias) as Tensor1D);
  return (batch) => {
    const [x, pad] = padded(
      tf,
      batch as Tensor4D,
      { kernel: [height, width], strides, padding },
      0,
    );
    return tf.fused.conv2d({
      x,
      filter,
      strides: [...strides],
      pad,
      ...(bias && { bias }),
      activation: relu ? 'relu' : 'linear',
    });
  };
}

function dense(tf: TensorFlow, layer: DenseLayer, relu: boolean, keep: Keep): Step {
  // Transposed once, as a transposed factor is slow on wasm in every batch.
  const b = keep(tf.tidy(() => tf.transpose(tensorOf(tf, layer.weight))));
  const bias = layer.bias && keep(tensorOf(tf, layer.bias));
  return (batch) =>
    tf.fused.matMul({
      a: batch,
      b,
      ...(bias && { bias }),
      activation: relu ? 'relu' : 'linear',
    });
}

/** (x − mean) / √(var + ε) · weight + bias as x · factor + shift, both computed in float64. */
function batchNorm(tf: TensorFlow, layer: BatchNorm2dLayer, keep: Keep): Step {
  const { weight, bias, runningMean, runningVar, epsilon } = layer;
  const factors = Array.from(
    weight.data,
    (value, c) => value / Math.sqrt((runningVar.data[c] as number) + epsilon),
  );
  const shifts = factors.map(
    (factor, c) => (bias.data[c] as number) - (runningMean.data[c] as number) * factor,
  );
  const factor = keep(tf.tensor1d(factors));
  const shift = keep(tf.tensor1d(shifts));
  return (batch) => tf.add(tf.mul(batch, factor), shift);
}

function maxPool(tf: TensorFlow, layer: MaxPool2dSpec): Step {
  return (batch) => {
    const [x, pad] = padded(tf, batch as Tensor4D, layer, Number.NEGATIVE_INFINITY);
    return tf.maxPool(x, [...layer.kernel], [...layer.strides], pad);
  };
}

function avgPool(tf: TensorFlow, layer: AvgPool2dSpec): Step {
  const { kernel, strides, countIncludePad } = layer;
  const pool = (x: Tensor4D, pad: 'same' | 'valid'): Tensor4D =>
    tf.avgPool(x, [...kernel], [...strides], pad);
  return (batch) => {
    const image = batch as Tensor4D;
    const [x, pad] = padded(tf, image, layer, 0, countIncludePad);
    const mean = pool(x, pad);
    if (countIncludePad || x === image) return mean;
    // The padded zeros count in this mean: the share of real pixels in each window takes them out again.
    const real = tf.onesLike(tf.slice4d(image, [0, 0, 0, 0], [1, -1, -1, 1]));
    return tf.div(mean, pool(padded(tf, real, layer, 0)[0], pad));
  };
}

/**
 * Pools of tfjs-node know 'same' and 'valid' only, so any other padding is added to the image before.
 *
 * @param always adds it even where 'same' would mean it
 */
function padded(
  tf: TensorFlow,
  batch: Tensor4D,
  window: { kernel: HeightWidth; strides: HeightWidth; padding: Padding },
  value: number,
  always = false,
): [Tensor4D, 'same' | 'valid'] {
  const { top, left, bottom, right } = window.padding;
  if (top + left + bottom + right === 0) return [batch, 'valid'];
  if (!always && isSame(batch.shape, window)) return [batch, 'same'];
  const pads: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return [tf.pad(batch, pads, value), 'valid'];
}

/** Whether TensorFlow's 'same' pads exactly so. */
function isSame(
  [, height, width]: Tensor4D['shape'],
  { kernel, strides, padding }: { kernel: HeightWidth; strides: HeightWidth; padding: Padding },
): boolean {
  const [top, bottom] = samePadding(height, kernel[0], strides[0]);
  const [left, right] = samePadding(width, kernel[1], strides[1]);
  const { top: above, bottom: below, left: before, right: after } = padding;
  return top === above && bottom === below && left === before && right === after;
}

/** Channels first, as the weights behind it expect. */
function flatten(tf: TensorFlow, batch: Tensor): Tensor {
  if (batch.rank === 2) return batch;
  const [count = 0, height = 0, width = 0, channels = 0] = batch.shape;
  const sameOrder = channels === 1 || height * width === 1;
  const image = sameOrder ? batch : tf.transpose(batch, [0, 3, 1, 2]);
  return tf.reshape(image, [count, height * width * channels]);
}

function tensorOf(tf: TensorFlow, { data, shape }: Values): Tensor {
  return tf.tensor(data, [...shape]);
}
