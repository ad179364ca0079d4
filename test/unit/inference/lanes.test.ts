import { installedBackend } from '../../../src/inference/installed-backend';
import { lanesFor } from '../../../src/inference/worker/lanes';
import { randomSplit, requestFor } from './support/evaluation';
import { layersCheckpoint, tinyCnn } from './support/layers-checkpoint';

const tiny = tinyCnn();
const checkpoint = layersCheckpoint(tiny.layers, tiny.weights);
const split = randomSplit({ height: 4, width: 4, channels: 1 }, 3, 6400);
const request = requestFor({ checkpoint, split });

test.each([
  [1, [1]],
  [2, [1, 1]],
  [3, [1, 1, 1]],
  [4, [1, 1, 1, 1]],
  [6, [2, 2, 1, 1]],
  [64, [16, 16, 16, 16]],
])('%p cores are all given away, to at most four threads', (cores, lanes) => {
  expect(lanesFor(request, cores)).toEqual(lanes);
});

test.each([
  [1, [2]],
  [7 * 64, [2]],
  [7 * 64 + 1, [2, 2]],
  [16 * 64, [2, 2, 2, 2]],
])('of %p samples each thread gets four batches of 64', (sampleCount, lanes) => {
  expect(lanesFor({ ...request, sampleCount }, 8)).toEqual(lanes);
});

test('weights and batches too large for caches are computed by one thread with all cores', () => {
  const limit = 16 * 2 ** 20;
  const batchBytes = 64 * 16 * 4;
  const ofSize = (sizeBytes: number) =>
    lanesFor({ ...request, checkpoint: { ...checkpoint, sizeBytes } }, 2);
  expect(ofSize(limit - batchBytes)).toEqual([1, 1]);
  expect(ofSize(limit - batchBytes + 1)).toEqual([2]);
});

test.each([
  [
    'wasm is the only backend of tfjs, each thread',
    { name: 'wasm', version: '1' } as const,
    [1, 1],
  ],
  ['TensorFlow’s library may be loaded, one thread', undefined, [2]],
])('where %s computes a shard', (_where, backend, lanes) => {
  const tfjs = { ...request, engine: 'tfjs' as const };
  expect(lanesFor(tfjs, 2, () => backend)).toEqual(lanes);
});

test('TensorFlow’s native library shares cores by itself, its wasm does not', () => {
  const isWasm = installedBackend('tfjs')?.name === 'wasm';
  expect(lanesFor({ ...request, engine: 'tfjs' }, 2)).toEqual(isWasm ? [1, 1] : [2]);
});
