/** Corrupts images: each by random numbers of its own, so that one image is made like all of them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageShape, Split } from '../dataset';
import { createRandom } from '../random';
import type { Corrupt, Levels } from './corruption';
import {
  corruptedDigest,
  corruptedName,
  type Corruption,
  CORRUPTIONS,
  type CorruptionRecipe,
} from './corruption-name';
import { contrast, noise, occlusion } from './pixelwise';
import { blur, rotation, shift } from './spatial';

/**
 * Noise and contrast after D. Hendrycks & T. Dietterich, "Benchmarking Neural Network Robustness to Common
 * Corruptions and Perturbations", 2019 (ImageNet-C's deviations, CIFAR-10-C's contrasts); the others are such
 * that small images get from hardly visible to hard for people.
 */
const HOW: Readonly<Record<Corruption, { corrupt: Corrupt; levels: Levels }>> = {
  noise: { corrupt: noise, levels: [20, 31, 46, 66, 97] },
  blur: { corrupt: blur, levels: [1, 2, 4, 6, 9] },
  shift: { corrupt: shift, levels: [0.04, 0.07, 0.11, 0.14, 0.18] },
  // Tangents of half of 5°, 10°, 15°, 25° and 35°.
  rotation: { corrupt: rotation, levels: [0.0437, 0.0875, 0.1317, 0.2217, 0.3153] },
  contrast: { corrupt: contrast, levels: [0.75, 0.5, 0.4, 0.3, 0.15] },
  occlusion: { corrupt: occlusion, levels: [0.15, 0.2, 0.3, 0.4, 0.5] },
};

/** Of work between two turns of the event loop. */
const TURN_MS = 10;

/** @param target takes the bytes of the image that has this index in its split */
export function corruptImage(
  { corruption, strength, seed }: CorruptionRecipe,
  image: Uint8Array,
  target: Uint8Array,
  shape: ImageShape,
  index: number,
): void {
  const { corrupt, levels } = HOW[corruption];
  const stream = index * CORRUPTIONS.length + CORRUPTIONS.indexOf(corruption);
  corrupt(image, target, shape, levels[strength - 1] as number, createRandom(seed, stream));
}

/** A split of its own, with the labels and tags of `base`. */
export async function corruptSplit(base: Split, recipe: CorruptionRecipe): Promise<Split> {
  const { imageShape, sampleCount, images } = base;
  const bytes = imageShape.height * imageShape.width * imageShape.channels;
  const corrupted = new Uint8Array(new SharedArrayBuffer(images.byteLength));
  let turn = performance.now();
  for (let index = 0; index < sampleCount; index++) {
    const image = images.subarray(index * bytes, (index + 1) * bytes);
    const target = corrupted.subarray(index * bytes, (index + 1) * bytes);
    corruptImage(recipe, image, target, imageShape, index);
    if (performance.now() - turn < TURN_MS) continue;
    await nextTurn();
    turn = performance.now();
  }
  return {
    ...base,
    name: corruptedName({ base: base.name, ...recipe }),
    digest: corruptedDigest(base.digest, recipe),
    images: corrupted,
  };
}
