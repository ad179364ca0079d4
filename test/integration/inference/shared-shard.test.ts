/** Several threads on one shard: as if it were one. */
import type { Worker } from 'node:worker_threads';
import type { EngineName } from '../../../src/inference/engine';
import { startThread } from '../../../src/inference/worker/start-thread';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';
import { layersCheckpoint, tinyCnn } from '../../unit/inference/support/layers-checkpoint';

const LANES = 3;
const tiny = tinyCnn();
const checkpoint = layersCheckpoint(tiny.layers, tiny.weights);
/** The last of its batches is short. */
const split = randomSplit({ height: 4, width: 4, channels: 1 }, 3, 5_000);
const request = requestFor({ checkpoint, split, batchSize: 16 });

const threads: Worker[] = [];
const alone = evaluatorForTests({ lanes: () => [1] });
const shared = evaluatorForTests({
  lanes: () => new Array<number>(LANES).fill(1),
  start: () => {
    const thread = startThread();
    threads.push(thread);
    return thread;
  },
});

test.each<EngineName>(['onnx', 'tfjs'])(
  '%s gives what one thread gives, to the last bit',
  async (engine) => {
    const one = await alone.evaluate({ ...request, engine });
    for (let round = 0; round < 3; round++) {
      const several = await shared.evaluate({ ...request, engine });
      expect(several.logits).toEqual(one.logits);
      expect(several.totals).toEqual(one.totals);
      expect(several.backend).toEqual(one.backend);
    }
    expect(one.totals.sampleCount).toBe(5_000);
    expect(threads).toHaveLength(LANES);
  },
);

test('of several samples that are wrong the first is named, whoever comes to it', async () => {
  const labels = new Uint16Array(new SharedArrayBuffer(split.labels.byteLength));
  labels.set(split.labels);
  labels.fill(7, 1_003);
  for (let round = 0; round < 20; round++) {
    await expect(
      shared.evaluate({ ...request, split: { ...split, labels } }),
    ).rejects.toMatchObject({ code: 'LABEL_OUT_OF_RANGE', details: { sample: 1_003 } });
  }
});

test('one that dies fails the shard and is replaced; the others stop, and live', async () => {
  const long = randomSplit(split.imageShape, 3, 500_000);
  let done = 0;
  const crashed = shared.evaluate({
    ...request,
    split: long,
    sampleCount: long.sampleCount,
    onProgress: (samples) => {
      done = samples;
      threads[1]?.postMessage(null);
    },
  });
  await expect(crashed).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  expect(done).toBeLessThan(long.sampleCount);
  const next = await shared.evaluate(request);
  expect(next.totals.sampleCount).toBe(5_000);
  expect(threads).toHaveLength(LANES + 1);
});
