/** The loop over a shard's batches: images in, raw outputs and totals out. */
import { UserError } from '../../errors';
import { addProbabilities } from '../../metrics/probabilities';
import { addBatch, emptyTotals } from '../../metrics/totals';
import type { LoadedModel } from '../engine';
import type { ShardOutcome } from '../shard-evaluator';
import type { ShardOrder } from './protocol';

/**
 * @param onProgress told after each batch
 * @returns undefined where it was stopped
 * @throws UserError CHECKPOINT_DATASET_MISMATCH, LOGITS_NOT_FINITE, PROBABILITIES_INVALID
 */
export async function runShard(
  order: ShardOrder,
  model: LoadedModel,
  onProgress: (samplesDone: number) => void,
): Promise<Omit<ShardOutcome, 'timings'> | undefined> {
  checkFits(order, model);
  const { split, firstSample, sampleCount, batchSize } = order;
  const { height, width, channels } = split.imageShape;
  const imageBytes = height * width * channels;
  const logits = new Float32Array(sampleCount * split.classCount);
  const totals = emptyTotals(split.classCount);
  const { outputKind, backend } = model;
  const add = outputKind === 'probabilities' ? addProbabilities : addBatch;
  for (let done = 0; done < sampleCount;) {
    if (Atomics.load(order.stop, 0) !== 0) return undefined;
    const count = Math.min(batchSize, sampleCount - done);
    const first = firstSample + done;
    const images = split.images.subarray(first * imageBytes, (first + count) * imageBytes);
    const outputs = await model.predict(images, count);
    add(totals, outputs, split.labels.subarray(first, first + count), first);
    logits.set(outputs, done * split.classCount);
    done += count;
    onProgress(done);
  }
  return { logits, outputKind, totals, backend };
}

function checkFits({ split }: ShardOrder, model: LoadedModel): void {
  const takes = `${wordsOf(model.inputShape)} and ${model.classCount} classes`;
  const has = `${wordsOf(split.imageShape)} and ${split.classCount} classes`;
  if (takes === has) return;
  throw new UserError(
    'CHECKPOINT_DATASET_MISMATCH',
    `The checkpoint is made for images of ${takes}, the split "${split.name}" has images of ${has} ` +
      '(height×width×channels): choose a checkpoint and a dataset that belong together.',
    {
      details: {
        checkpoint: { inputShape: model.inputShape, classCount: model.classCount },
        dataset: { imageShape: split.imageShape, classCount: split.classCount },
      },
    },
  );
}

function wordsOf({ height, width, channels }: LoadedModel['inputShape']): string {
  return `${height}×${width}×${channels}`;
}
