/** Measures a model on a part of a split. */
import type { Sequential, Tensor } from '@tensorflow/tfjs';
import type { Split } from '../datasets/dataset';
import type { TensorFlow } from '../inference/tfjs/runtime';
import { report } from '../metrics/report';
import { addBatch, emptyTotals } from '../metrics/totals';
import { batchesOf, imageBatch } from './batches';

export interface ValidationFigures {
  /** Mean cross-entropy in nats. */
  loss: number;
  accuracy: number;
  macroF1: number;
}

/** @throws UserError LOGITS_NOT_FINITE where the model gives NaN or infinity */
export async function validate(
  tf: TensorFlow,
  model: Sequential,
  split: Split,
  samples: Uint32Array,
  batchSize: number,
  signal?: AbortSignal,
): Promise<ValidationFigures> {
  const totals = emptyTotals(split.classCount);
  for (const batch of batchesOf(samples, batchSize)) {
    signal?.throwIfAborted();
    const logits = tf.tidy(() => model.predict(imageBatch(tf, split, batch)) as Tensor);
    try {
      const labels = Uint16Array.from(batch, (sample) => split.labels[sample] as number);
      addBatch(totals, await logits.data(), labels);
    } finally {
      logits.dispose();
    }
  }
  const { loss, accuracy, macro } = report(totals);
  return { loss, accuracy, macroF1: macro.f1 };
}
