/** Splits in shared memory and evaluators that are always closed, for tests that run models. */
import type { ImageShape, Split } from '../../../../src/datasets/dataset';
import type { ShardEvaluator, ShardRequest } from '../../../../src/inference/shard-evaluator';
import { createShardEvaluator } from '../../../../src/inference/worker/shard-evaluator';
import { randomValues } from './layers-checkpoint';

/** Random images, labels in turn. */
export function randomSplit(
  imageShape: ImageShape,
  classCount: number,
  sampleCount: number,
  seed = 1,
): Split {
  const size = imageShape.height * imageShape.width * imageShape.channels;
  const images = new Uint8Array(new SharedArrayBuffer(sampleCount * size));
  const values = randomValues(images.length, seed);
  images.forEach((_, i) => {
    images[i] = Math.floor(((values[i] as number) + 1) * 128);
  });
  const labels = new Uint16Array(new SharedArrayBuffer(2 * sampleCount));
  labels.forEach((_, i) => {
    labels[i] = i % classCount;
  });
  return { name: 'test', digest: '', sampleCount, classCount, imageShape, images, labels };
}

/** Registers the closing of the evaluator after the tests of the file. */
export function evaluatorForTests(
  ...args: Parameters<typeof createShardEvaluator>
): ShardEvaluator {
  const evaluator = createShardEvaluator(...args);
  afterAll(() => evaluator.close());
  return evaluator;
}

/** A request for a whole split by the onnx engine. */
export function requestFor(
  parts: Pick<ShardRequest, 'checkpoint' | 'split'> & Partial<ShardRequest>,
): ShardRequest {
  return {
    engine: 'onnx',
    firstSample: 0,
    sampleCount: parts.split.sampleCount,
    batchSize: 64,
    ...parts,
  };
}
