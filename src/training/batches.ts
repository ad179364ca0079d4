/** Gathers samples of a split into the tensors of one batch. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Split } from '../datasets/dataset';
import type { TensorFlow } from '../inference/tfjs/runtime';

/** @returns samples.length × height × width × channels, bytes divided by 255; the caller disposes it */
export function imageBatch(tf: TensorFlow, split: Split, samples: Uint32Array): Tensor4D {
  const { height, width, channels } = split.imageShape;
  const size = height * width * channels;
  const pixels = new Float32Array(samples.length * size);
  samples.forEach((sample, position) => {
    const from = sample * size;
    const to = position * size;
    for (let i = 0; i < size; i++) pixels[to + i] = (split.images[from + i] as number) / 255;
  });
  return tf.tensor4d(pixels, [samples.length, height, width, channels]);
}

/** @returns samples.length × classCount, 1 at the true class; the caller disposes it */
export function oneHotLabels(tf: TensorFlow, split: Split, samples: Uint32Array): Tensor2D {
  const rows = new Float32Array(samples.length * split.classCount);
  samples.forEach((sample, position) => {
    rows[position * split.classCount + (split.labels[sample] as number)] = 1;
  });
  return tf.tensor2d(rows, [samples.length, split.classCount]);
}

/** Consecutive parts of at most `batchSize` samples; the last one may be shorter. */
export function* batchesOf(samples: Uint32Array, batchSize: number): Generator<Uint32Array> {
  for (let first = 0; first < samples.length; first += batchSize) {
    yield samples.subarray(first, first + batchSize);
  }
}
