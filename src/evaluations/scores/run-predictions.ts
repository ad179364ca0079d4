/** A run's raw outputs, put together from its blocks, with the labels that they are held against. */
import type { EntityManager } from 'typeorm';
import type { OutputKind } from '../../checkpoints/preprocessing';
import type { Dataset } from '../../datasets/dataset.entity';
import type { DatasetService, LabelledSplit } from '../../datasets/dataset.service';
import { UserError } from '../../errors';
import { PredictionBlock } from '../prediction-block.entity';

/** Both arrays lie in shared memory: a thread reads them without a copy. */
export interface RunPredictions {
  /** labels.length × classCount raw outputs, row by row. */
  outputs: Float32Array<SharedArrayBuffer>;
  labels: Uint16Array<SharedArrayBuffer>;
  classCount: number;
  kind: OutputKind;
}

/** 256 MiB as float32: 50,000 samples of 1,000 classes, or 4 million of 16, fit. */
const MAX_OUTPUTS = 2 ** 26;
/** What is computed of a sample takes some 80 bytes beside its outputs. */
const MAX_SAMPLES = 2 ** 22;

/** Whether all outputs of a run may be in memory at a time; larger runs keep what their shards have counted. */
export function fitsInMemory(sampleCount: number, classCount: number): boolean {
  return sampleCount <= MAX_SAMPLES && sampleCount * classCount <= MAX_OUTPUTS;
}

/**
 * @param evaluated what the run evaluated: a split of the dataset, by its digest
 * @throws UserError RESULT_TOO_LARGE; RESULT_DATA_CHANGED, DATASET_CHANGED where the source holds other data now;
 *   what the source throws
 */
export async function loadRunPredictions(
  manager: EntityManager,
  datasets: Pick<DatasetService, 'loadLabels'>,
  evaluated: { runId: string; dataset: Dataset; split: string; dataDigest: string },
): Promise<RunPredictions> {
  const { runId, dataset } = evaluated;
  const split = await datasets.loadLabels(dataset, evaluated.split);
  const { labels, classCount, sampleCount } = split;
  if (split.digest !== evaluated.dataDigest) throw dataChanged(evaluated.split, dataset);
  if (!fitsInMemory(sampleCount, classCount)) throw tooLarge(split);
  const outputs = new Float32Array(
    new SharedArrayBuffer(sampleCount * classCount * Float32Array.BYTES_PER_ELEMENT),
  );
  const bytes = new Uint8Array(outputs.buffer);
  let kind: OutputKind = 'logits';
  let copied = 0;
  // One after another: all at once would be in memory three times, as the driver has them.
  for (let shard = 0; copied < bytes.length; shard++) {
    const block = await manager.findOneByOrFail(PredictionBlock, { runId, shard });
    bytes.set(block.logits, copied);
    copied += block.logits.length;
    kind = block.kind;
  }
  return { outputs, labels, classCount, kind };
}

function dataChanged(split: string, dataset: Dataset): UserError {
  return new UserError(
    'RESULT_DATA_CHANGED',
    `the split ${split} of ${dataset.name} is not what the run evaluated; start a new run on the present data`,
  );
}

function tooLarge({ sampleCount, classCount }: LabelledSplit): UserError {
  return new UserError(
    'RESULT_TOO_LARGE',
    `${sampleCount} samples of ${classCount} classes are more outputs than are held in memory at a time ` +
      `(${MAX_OUTPUTS} outputs, ${MAX_SAMPLES} samples): ask for the metrics of counts, or evaluate a smaller split`,
    { details: { sampleCount, classCount } },
  );
}
