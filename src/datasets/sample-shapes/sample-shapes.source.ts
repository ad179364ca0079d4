/** The built-in sample set: drawings made by code, for machines that can't reach any other dataset. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatasetSource, ImageShape, Samples } from '../dataset';
import { createPinnedSource } from '../pinned-source';
import { drawSample, type DrawingSize, SIDE } from './draw-sample';
import { createRandom } from '../random';
import { SHAPES } from './shapes';

export const SAMPLE_SHAPES = 'sample-shapes';

const IMAGE_SHAPE: ImageShape = { height: SIDE, width: SIDE, channels: 1 };

/** The seeds differ, so no test image is drawn from the numbers of a training image. */
const SPLITS = [
  {
    name: 'train',
    sampleCount: 6_000,
    seed: 0x0a55a7,
    digest: 'a85c69e1cc2de542b82e68240ec7f38b7a8bdefe9ee93ee608c37e3cdefabc7a',
  },
  {
    name: 'test',
    sampleCount: 2_000,
    seed: 0x7e57,
    digest: '17e5d1a33ab069e104855dda866acec4aa31fc32b28469d4453ddb3d88535d1e',
  },
];

/** The values of the tag column `size`. */
const SIZES: readonly DrawingSize[] = ['small', 'medium', 'large'];

/** Drawn between two turns of the event loop, in about 10 ms. */
const DRAWN_AT_ONCE = 250;

/**
 * Splits `train` (6,000) and `test` (2,000) of 28×28 grey images in 10 classes, equally many of each, in a
 * random order, each with its size as a tag. Made from a fixed seed with integer arithmetic: the same bytes everywhere, for ever.
 */
export function createSampleSet(): DatasetSource {
  return createPinnedSource({
    name: SAMPLE_SHAPES,
    classNames: SHAPES.map(({ name }) => name),
    imageShape: IMAGE_SHAPE,
    splits: SPLITS.map(({ name, sampleCount, digest }) => ({ name, sampleCount, digest })),
    loadSamples: drawSplit,
  });
}

async function drawSplit(name: string): Promise<Samples> {
  const split = SPLITS.find((candidate) => candidate.name === name);
  if (split === undefined) throw new Error(`no split ${name}: the pinned source lets none through`);
  const random = createRandom(split.seed);
  const count = split.sampleCount;
  const labels = sharedIntegers(count);
  const sizes = sharedIntegers(count);
  labels.forEach((_, index) => (labels[index] = index % SHAPES.length));
  shuffle(labels, (bound) => random.below(bound));

  const imageBytes = SIDE * SIDE;
  const images = new Uint8Array(new SharedArrayBuffer(count * imageBytes));
  for (const [index, label] of labels.entries()) {
    const shape = SHAPES[label];
    if (shape === undefined) throw new Error(`no shape ${label}`);
    const image = images.subarray(index * imageBytes, (index + 1) * imageBytes);
    sizes[index] = SIZES.indexOf(drawSample(shape, random, image));
    if (index % DRAWN_AT_ONCE === DRAWN_AT_ONCE - 1) await nextTurn();
  }
  return { images, labels, tags: [{ name: 'size', values: SIZES, codes: sizes }] };
}

function sharedIntegers(count: number): Uint16Array<SharedArrayBuffer> {
  return new Uint16Array(new SharedArrayBuffer(count * Uint16Array.BYTES_PER_ELEMENT));
}

/** Fisher and Yates's. */
function shuffle(values: Uint16Array, below: (count: number) => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = below(last + 1);
    const value = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = value;
  }
}
