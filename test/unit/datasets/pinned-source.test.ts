import type { Samples } from '../../../src/datasets/dataset';
import { splitDigest } from '../../../src/datasets/digest';
import { createPinnedSource } from '../../../src/datasets/pinned-source';

const imageShape = { height: 1, width: 1, channels: 1 };
const classNames = ['dark', 'light'];

function samplesOf(grey: number): Samples {
  const images = new Uint8Array(new SharedArrayBuffer(1)).fill(grey);
  return { images, labels: new Uint16Array(new SharedArrayBuffer(2)) };
}

async function source(loadSamples: () => Promise<Samples>) {
  const pinned = { name: 'test', imageShape, classNames, sampleCount: 1, ...samplesOf(7) };
  const splits = [{ name: 'test', sampleCount: 1, digest: await splitDigest(pinned) }];
  return createPinnedSource({ name: 'greys', classNames, imageShape, splits, loadSamples });
}

test('a split is loaded once and kept', async () => {
  let loads = 0;
  const greys = await source(() => Promise.resolve(samplesOf(7 + 0 * ++loads)));
  const [first, second] = await Promise.all([greys.loadSplit('test'), greys.loadSplit('test')]);
  expect(second).toBe(first);
  expect(await greys.loadSplit('test')).toBe(first);
  expect(loads).toBe(1);
  expect(first).toMatchObject({ name: 'test', sampleCount: 1, classCount: 2, imageShape });
});

test('a failed load is not kept', async () => {
  const outcomes = [() => Promise.reject(new Error('disk')), () => Promise.resolve(samplesOf(7))];
  const greys = await source(() => outcomes.shift()?.() ?? Promise.reject(new Error('third load')));
  await expect(greys.loadSplit('test')).rejects.toThrow('disk');
  await expect(greys.loadSplit('test')).resolves.toMatchObject({ sampleCount: 1 });
});

test('samples other than the known ones are refused', async () => {
  const greys = await source(() => Promise.resolve(samplesOf(8)));
  await expect(greys.loadSplit('test')).rejects.toMatchObject({
    kind: 'operational',
    code: 'DATASET_DIGEST_MISMATCH',
  });
});

test('an unknown split is refused with the known ones', async () => {
  const greys = await source(() => Promise.resolve(samplesOf(7)));
  await expect(greys.loadSplit('validation')).rejects.toMatchObject({
    kind: 'user',
    code: 'DATASET_SPLIT_UNKNOWN',
    message: 'greys has no split "validation". Its splits: test.',
  });
});
