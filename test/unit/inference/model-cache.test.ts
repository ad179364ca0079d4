import type { LoadedModel } from '../../../src/inference/engine';
import { ModelCache } from '../../../src/inference/worker/model-cache';

/** A model that only notes when it is released. */
function modelNamed(name: string, released: string[]): LoadedModel {
  return {
    backend: { name: 'onnxruntime', version: '0' },
    classCount: 2,
    inputShape: { height: 1, width: 1, channels: 1 },
    outputKind: 'logits',
    predict: () => Promise.resolve(new Float32Array(2)),
    dispose: () => {
      released.push(name);
      return Promise.resolve();
    },
  };
}

test('keeps two models and releases the one used longest ago', async () => {
  const released: string[] = [];
  const cache = new ModelCache();
  await cache.add('a', modelNamed('a', released));
  await cache.add('b', modelNamed('b', released));
  expect(cache.get('a')).toBeDefined();
  await cache.add('c', modelNamed('c', released));
  expect(released).toEqual(['b']);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBeDefined();
  expect(cache.get('c')).toBeDefined();
});

test('releases all when it is cleared, each once', async () => {
  const released: string[] = [];
  const cache = new ModelCache();
  await cache.add('a', modelNamed('a', released));
  await cache.add('b', modelNamed('b', released));
  await cache.clear();
  await cache.clear();
  expect(released).toEqual(['a', 'b']);
  expect(cache.get('a')).toBeUndefined();
});
