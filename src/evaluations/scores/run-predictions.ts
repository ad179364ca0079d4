/** A run's raw outputs, put together from its blocks, with the labels that they are held against. */
import type { EntityManager } from 'typeorm';
import type { OutputKind } from '../../checkpoints/preprocessing';
import type { Dataset } from '../../datasets/dataset.entity';
import type { DatasetService } from '../../datasets/dataset.service';
import { PredictionBlock } from '../prediction-block.entity';
import { checkFits, dataChanged } from './readable-predictions';

/** Both arrays lie in shared memory: a thread reads them without a copy. */
export interface RunPredictions {
  /** labels.length × classCount raw outputs, row by row. */
  outputs: Float32Array<SharedArrayBuffer>;
  labels: Uint16Array<SharedArrayBuffer>;
  classCount: number;
  kind: OutputKind;
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
  if (split.digest !== evaluated.dataDigest) throw dataChanged(evaluated, dataset);
  checkFits(split);
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
