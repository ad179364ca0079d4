import { imageStatistics } from '../../../src/datasets/images/image-statistics';
import { createRandom } from '../../../src/datasets/random';
import { createSampleSet } from '../../../src/datasets/sample-shapes/sample-shapes.source';
import { SHAPES, UNITS_PER_PIXEL } from '../../../src/datasets/sample-shapes/shapes';

const source = createSampleSet();

/** Pinned here beside the code: whoever changes both on purpose gives the sample set new results. */
const DIGESTS = {
  train: 'a85c69e1cc2de542b82e68240ec7f38b7a8bdefe9ee93ee608c37e3cdefabc7a',
  test: '17e5d1a33ab069e104855dda866acec4aa31fc32b28469d4453ddb3d88535d1e',
};

test.each([
  ['train', 6_000],
  ['test', 2_000],
] as const)('the split %s is drawn to the same %d images everywhere', async (name, sampleCount) => {
  const split = await source.loadSplit(name);
  expect(split.digest).toBe(DIGESTS[name]);
  expect(split).toMatchObject({ name, sampleCount, classCount: 10 });
  expect(split.images.length).toBe(sampleCount * 28 * 28);
  expect(split.images.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(split.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('the description agrees with the splits without drawing them', async () => {
  const info = await createSampleSet().describe();
  expect(info.name).toBe('sample-shapes');
  expect(info.imageShape).toEqual({ height: 28, width: 28, channels: 1 });
  expect(new Set(info.classNames).size).toBe(10);
  for (const split of info.splits) expect(await source.loadSplit(split.name)).toMatchObject(split);
});

test('every class has as many drawings as the others, in no order', async () => {
  for (const { name, sampleCount } of (await source.describe()).splits) {
    const { labels } = await source.loadSplit(name);
    const counts = SHAPES.map((_, label) => labels.filter((other) => other === label).length);
    expect(counts).toEqual(SHAPES.map(() => sampleCount / 10));
    const repeats = labels.filter((label, index) => label === labels[index - 1]).length;
    expect(repeats / sampleCount).toBeCloseTo(0.1, 1);
  }
});

test('no two drawings are equal, within a split and between the splits', async () => {
  const seen = new Set<string>();
  for (const name of ['train', 'test']) {
    const { images } = await source.loadSplit(name);
    for (let start = 0; start < images.length; start += 784) {
      seen.add(Buffer.from(images.subarray(start, start + 784)).toString('latin1'));
    }
  }
  expect(seen.size).toBe(8_000);
});

test('the drawings differ from class to class in more than the noise', () => {
  const size = { radius: 8 * UNITS_PER_PIXEL, stroke: 2 * UNITS_PER_PIXEL };
  const drawn = SHAPES.map((shape) => {
    let ink = '';
    for (let y = -240; y <= 240; y += 8) {
      for (let x = -240; x <= 240; x += 8) ink += shape.covers(x, y, size) ? '#' : ' ';
    }
    return ink;
  });
  expect(new Set(drawn).size).toBe(10);
  for (const ink of drawn) expect(ink.replaceAll(' ', '').length).toBeGreaterThan(300);
});

test('the random numbers are those of the published sfc32', () => {
  // Computed with 64-bit arithmetic in another language from the same seed.
  const random = createRandom(42);
  const drawn = Array.from({ length: 4 }, () => random.below(2 ** 20));
  expect(drawn).toEqual([207015, 218119, 828377, 532430]);
  const bounded = Array.from({ length: 1000 }, () => random.between(-3, 3));
  expect(new Set(bounded)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
});

test('each drawing is tagged with its size, and the larger ones stand out more', async () => {
  const { images, imageShape, labels, tags } = await source.loadSplit('test');
  const [size, ...others] = tags ?? [];
  expect(others).toEqual([]);
  expect(size).toMatchObject({ name: 'size', values: ['small', 'medium', 'large'] });
  const { contrast } = imageStatistics(images, imageShape);
  const means = [0, 1, 2].map((code) => {
    const circles = [...labels.keys()].filter((i) => labels[i] === 0 && size?.codes[i] === code);
    expect(circles.length).toBeGreaterThan(20);
    return circles.reduce((sum, i) => sum + (contrast[i] ?? NaN), 0) / circles.length;
  });
  expect(means).toEqual([...means].sort((a, b) => a - b));
});
