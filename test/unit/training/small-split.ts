/** A split of a few small images that a network can learn: each class is bright in a place of its own. */
import type { Split } from '../../../src/datasets/dataset';
import { Random } from '../../../src/training/random';
import type { TrainingOptions } from '../../../src/training/training-options';

export const SIDE = 8;
const CLASS_COUNT = 3;

export function smallSplit(sampleCount: number, seed = 1): Split {
  const random = new Random(seed);
  const images = new Uint8Array(new SharedArrayBuffer(sampleCount * SIDE * SIDE));
  const labels = new Uint16Array(new SharedArrayBuffer(sampleCount * 2));
  for (let sample = 0; sample < sampleCount; sample++) {
    const label = sample % CLASS_COUNT;
    labels[sample] = label;
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const row = Math.floor(pixel / SIDE);
      const bright = Math.floor(row / 3) === label;
      images[sample * SIDE * SIDE + pixel] = random.below(100) + (bright ? 120 : 0);
    }
  }
  return {
    name: 'train',
    sampleCount,
    digest: 'd'.repeat(64),
    classCount: CLASS_COUNT,
    imageShape: { height: SIDE, width: SIDE, channels: 1 },
    images,
    labels,
  };
}

export function smallTraining(changes: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    split: smallSplit(90),
    classNames: ['top', 'middle', 'bottom'],
    epochs: 2,
    learningRate: 1e-2,
    learningRateDecay: 0.9,
    batchSize: 16,
    seed: 7,
    validationFraction: 0.2,
    network: { filters: [2, 3], hiddenUnits: 8, dropout: 0.2 },
    ...changes,
  };
}
