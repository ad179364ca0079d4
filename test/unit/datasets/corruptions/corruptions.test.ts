import { createHash } from 'node:crypto';
import { corruptImage, corruptSplit } from '../../../../src/datasets/corruptions/corrupt-split';
import { CorruptedSplits } from '../../../../src/datasets/corruptions/corrupted-splits';
import {
  type Corruption,
  CORRUPTIONS,
  type CorruptionRecipe,
  STRENGTHS,
} from '../../../../src/datasets/corruptions/corruption-name';
import type { Split } from '../../../../src/datasets/dataset';
import { createSampleSet } from '../../../../src/datasets/sample-shapes/sample-shapes.source';

const FEW = 200;

let base: Split;
/** The first of its images. */
let few: Split;
beforeAll(async () => {
  base = await createSampleSet().loadSplit('test');
  few = { ...base, sampleCount: FEW, images: base.images.subarray(0, FEW * 784) };
});

const recipe = (
  corruption: Corruption,
  more: Partial<CorruptionRecipe> = {},
): CorruptionRecipe => ({
  corruption,
  strength: 3,
  seed: 42,
  ...more,
});
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const distance = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? NaN)), 0) / a.length;

/** One image of one channel unless the shape says otherwise. */
function corrupted(
  corruption: Corruption,
  image: number[] | Uint8Array,
  shape: { height: number; width: number; channels?: number },
  more: Partial<CorruptionRecipe> = {},
): number[] {
  const target = new Uint8Array(image.length);
  const whole = { channels: 1, ...shape };
  corruptImage(recipe(corruption, more), Uint8Array.from(image), target, whole, 0);
  return [...target];
}

/** Results name these bytes by the recipe alone: whoever changes one counts the digest's version up. */
const MADE: Record<Corruption, string> = {
  noise: '50bc4e17ed4c58673027b734f2514bba0693cc656323895885c2eb2f4d54b47b',
  blur: '2a0a1650c764c5c9159de5a5f34d4c20829b9d74204b40f93f9d6111c2732c5c',
  shift: 'a7bd82f639a901e134718905afb9d9de7322caa2f64bc694e4dfa88da1211679',
  rotation: '398fba6b140d41639589b477d5acd9b7547fb305c51f965d7d4b931a451c9b18',
  contrast: '6938bc6803bbc10c1c5d664405ef15ff96fd698f3c1bfcae8341cfb2a18b55a4',
  occlusion: '4ef6980fd87543211c68e5e7b9a82660d9cfb785226bc51cff8f48f36c06240f',
};

describe.each(CORRUPTIONS)('%s', (corruption) => {
  test('makes the same bytes everywhere', async () => {
    const split = await corruptSplit(base, recipe(corruption));
    expect(sha256(split.images)).toBe(MADE[corruption]);
    expect(split.name).toBe(`test~${corruption}-3-s42`);
    expect(split.labels).toBe(base.labels);
    expect(split.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(split.digest).not.toBe(base.digest);
  });

  test('makes one image as it makes all', async () => {
    const { images } = await corruptSplit(few, recipe(corruption));
    const one = new Uint8Array(784);
    const at = (all: Uint8Array) => all.subarray((FEW - 1) * 784);
    corruptImage(recipe(corruption), at(few.images), one, few.imageShape, FEW - 1);
    expect(Buffer.compare(one, at(images))).toBe(0);
  });

  test('does more with each strength', async () => {
    const distances: number[] = [0];
    for (const strength of STRENGTHS) {
      const { images } = await corruptSplit(few, recipe(corruption, { strength }));
      distances.push(distance(images, few.images));
    }
    expect(distances).toEqual([...new Set(distances)].sort((a, b) => a - b));
  });

  test('depends on the seed where it draws, and not on images before', async () => {
    const drawsNothing = corruption === 'blur' || corruption === 'contrast';
    const first = await corruptSplit(few, recipe(corruption));
    const second = await corruptSplit(few, recipe(corruption, { seed: 43 }));
    expect(Buffer.compare(first.images, second.images) === 0).toBe(drawsNothing);
    expect(first.digest).not.toBe(second.digest);
  });

  test('keeps channels apart', () => {
    const shape = { height: 5, width: 4, channels: 3 };
    const colours = Array.from({ length: 60 }, (_, i) => [30, 128, 220][i % 3] ?? 0);
    const found = corrupted(corruption, colours, shape);
    if (corruption === 'noise' || corruption === 'occlusion') expect(found).not.toEqual(colours);
    else expect(found).toEqual(colours);
  });

  test('takes an image of one pixel', () => {
    expect(corrupted(corruption, [7], { height: 1, width: 1 })).toHaveLength(1);
  });
});

test('noise has the standard deviation that its strength says, and no bias', () => {
  const grey = new Uint8Array(10_000).fill(128);
  const noisy = corrupted('noise', grey, { height: 100, width: 100 }, { strength: 1 });
  const mean = noisy.reduce((sum, value) => sum + value, 0) / noisy.length;
  const variance = noisy.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noisy.length;
  expect(Math.abs(mean - 128)).toBeLessThan(1);
  expect(Math.abs(Math.sqrt(variance) - 20)).toBeLessThan(0.6);
});

test('blur spreads a point by the binomial weights', () => {
  const point = Array.from({ length: 25 }, (_, i) => (i === 12 ? 160 : 0));
  const found = corrupted('blur', point, { height: 5, width: 5 }, { strength: 1 });
  expect(found.slice(6, 9)).toEqual([10, 20, 10]);
  expect(found.slice(11, 14)).toEqual([20, 40, 20]);
  expect(found.reduce((sum, value) => sum + value, 0)).toBe(160);
});

test('shift moves a point as far as its strength says', () => {
  const point = new Uint8Array(784);
  point[14 * 28 + 14] = 200;
  for (const [strength, far] of [
    [1, 1],
    [3, 3],
    [5, 5],
  ] as const) {
    const at = corrupted('shift', point, { height: 28, width: 28 }, { strength }).indexOf(200);
    const moved = [Math.abs(Math.floor(at / 28) - 14), Math.abs((at % 28) - 14)];
    expect(Math.max(...moved)).toBe(far);
    expect([0, far]).toContain(Math.min(...moved));
  }
});

test('rotation turns by the angle of its strength', () => {
  const size = 101;
  const point = new Uint8Array(size * size);
  // A blot 40 pixels right of the centre.
  for (let y = 48; y <= 52; y++) point.fill(255, y * size + 88, y * size + 93);
  for (const [strength, degrees] of [
    [1, 5],
    [5, 35],
  ] as const) {
    const found = corrupted('rotation', point, { height: size, width: size }, { strength });
    const sum = found.reduce((total, value) => total + value, 0);
    const x = found.reduce((total, value, i) => total + value * ((i % size) - 50), 0) / sum;
    const y =
      found.reduce((total, value, i) => total + value * (Math.floor(i / size) - 50), 0) / sum;
    expect(Math.hypot(x, y)).toBeCloseTo(40, 0);
    expect(Math.abs(Math.abs((Math.atan2(y, x) * 180) / Math.PI) - degrees)).toBeLessThan(0.2);
  }
});

test('contrast draws pixels to their mean, occlusion hides a square', () => {
  expect(corrupted('contrast', [0, 100, 200], { height: 1, width: 3 })).toEqual([60, 100, 140]);
  const black = corrupted('occlusion', new Uint8Array(784), { height: 28, width: 28 });
  expect(black.filter((value) => value === 128)).toHaveLength(64);
});

test('the last corrupted splits are kept, the newest always', async () => {
  const small: Split = {
    ...base,
    sampleCount: 1,
    images: new Uint8Array(new SharedArrayBuffer(784)),
  };
  const splits = new CorruptedSplits(2 * 784);
  const get = (seed: number) => splits.get(small, recipe('noise', { seed }));
  const [first, second] = [await get(1), await get(2)];
  expect(await get(1)).toBe(first);
  await get(3);
  expect(await get(1)).toBe(first);
  expect(await get(2)).not.toBe(second);
  const none = new CorruptedSplits(1);
  expect(await none.get(small, recipe('blur'))).toBe(await none.get(small, recipe('blur')));
});
