/** The loop over the batches of a shard that this thread gets: images in, raw outputs and totals out. */
import { UserError } from '../../errors';
import { addProbabilities } from '../../metrics/probabilities';
import { addBatch, emptyTotals } from '../../metrics/totals';
import type { LoadedModel } from '../engine';
import { addSamplesDone, takeBatch } from './board';
import type { ShardOrder, ShardPart } from './protocol';

/** What went wrong lies in `cause`. */
export class BatchFailed extends Error {
  constructor(
    readonly batch: number,
    cause: unknown,
  ) {
    super(`batch ${batch} failed`, { cause });
  }
}

/**
 * Computes batches until none is left, or the work is stopped.
 *
 * @throws UserError CHECKPOINT_DATASET_MISMATCH; BatchFailed by LOGITS_NOT_FINITE, PROBABILITIES_INVALID,
 *   LOSS_OVERFLOW, CHECKPOINT_INVALID
 */
export async function runShard(
  order: ShardOrder,
  model: LoadedModel,
): Promise<Omit<ShardPart, 'timings'>> {
  checkFits(order, model);
  const { split, firstSample, sampleCount, batchSize, board } = order;
  const { height, width, channels } = split.imageShape;
  const imageBytes = height * width * channels;
  const totals = emptyTotals(split.classCount);
  const { outputKind, backend } = model;
  const add = outputKind === 'probabilities' ? addProbabilities : addBatch;
  for (;;) {
    const batch = takeBatch(board);
    if (batch === undefined) break;
    const done = batch * batchSize;
    const count = Math.min(batchSize, sampleCount - done);
    const first = firstSample + done;
    const images = split.images.subarray(first * imageBytes, (first + count) * imageBytes);
    try {
      const outputs = await model.predict(images, count);
      // Each batch's apart: added up in their order, the sum is the same whoever computed them.
      totals.lossSum = 0;
      add(totals, outputs, split.labels.subarray(first, first + count), first);
      board.losses[batch] = totals.lossSum;
      board.outputs.set(outputs, done * split.classCount);
    } catch (error) {
      throw new BatchFailed(batch, error);
    }
    addSamplesDone(board, count);
  }
  const { confusionMatrix } = totals;
  return { outputKind, backend, sampleCount: totals.sampleCount, confusionMatrix };
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
