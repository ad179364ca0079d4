/** Data whose evaluation takes as long as one says: a dataset without images, and an evaluator without a model. */
import { setTimeout as sleep } from 'node:timers/promises';
import { datasetDigest, splitDigest } from '../../src/datasets/digest';
import type { DatasetSource, Split } from '../../src/datasets/dataset';
import type { ShardEvaluator, ShardOutcome } from '../../src/inference/shard-evaluator';
import { totalsOf } from '../../src/metrics/totals';
import { madePredictions } from './made-predictions';

export const SHARD_SIZE = 10_000;
const CLASS_COUNT = 10;
const IMAGE_SHAPE = { height: 1, width: 1, channels: 1 };
/** As the engine thread does. */
const PROGRESS_MS = 50;
const SPLIT = 'test';

export interface MadeShards {
  source: DatasetSource;
  /** @param computeMs how long a shard takes */
  evaluator(computeMs: number): ShardEvaluator;
}

/** Every shard has the same labels and gets the same outputs: 400 kB, as those of Fashion-MNIST. */
export async function madeShards(shards: number): Promise<MadeShards> {
  const { logits, labels: shardLabels } = madePredictions(SHARD_SIZE, CLASS_COUNT, 1);
  const sampleCount = shards * SHARD_SIZE;
  const labels = new Uint16Array(new SharedArrayBuffer(2 * sampleCount));
  for (let shard = 0; shard < shards; shard++) labels.set(shardLabels, shard * SHARD_SIZE);
  const classNames = Array.from({ length: CLASS_COUNT }, (_, i) => `class ${i}`);
  const images = new Uint8Array(new SharedArrayBuffer(sampleCount));
  const head = { name: SPLIT, imageShape: IMAGE_SHAPE, sampleCount, images, labels };
  const digest = await splitDigest({ ...head, classNames });
  const split: Split = { ...head, digest, classCount: CLASS_COUNT };
  const splits = [{ name: SPLIT, sampleCount, digest }];
  const outcome: ShardOutcome = {
    logits,
    outputKind: 'logits',
    totals: totalsOf(logits, shardLabels, CLASS_COUNT),
    backend: { name: 'onnxruntime', version: 'none' },
    timings: { loadMs: 0, inferenceMs: 0 },
  };
  return {
    source: {
      name: `made-${shards}`,
      describe: () =>
        Promise.resolve({
          name: `made-${shards}`,
          digest: datasetDigest(splits),
          classNames,
          imageShape: IMAGE_SHAPE,
          splits,
        }),
      loadSplit: () => Promise.resolve(split),
    },
    evaluator: (computeMs) => ({
      evaluate: async ({ onProgress, signal }) => {
        for (let ms = 0; ms < computeMs; ms += PROGRESS_MS) {
          await sleep(Math.min(PROGRESS_MS, computeMs - ms), undefined, signal && { signal });
          onProgress?.(
            Math.floor((SHARD_SIZE * Math.min(ms + PROGRESS_MS, computeMs)) / computeMs),
          );
        }
        return outcome;
      },
      close: () => Promise.resolve(),
    }),
  };
}
