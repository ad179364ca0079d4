/** Whether a checkpoint can be evaluated on a dataset at all. */
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { Dataset } from '../datasets/dataset.entity';
import { UserError } from '../errors';

/** @throws UserError CHECKPOINT_DATASET_MISMATCH naming what differs */
export function assertCompatible(checkpoint: Checkpoint, dataset: Dataset): void {
  const takes = `${checkpoint.inputHeight}×${checkpoint.inputWidth}×${checkpoint.inputChannels}`;
  const has = `${dataset.imageHeight}×${dataset.imageWidth}×${dataset.imageChannels}`;
  const classes = dataset.classNames.length;
  if (takes === has && checkpoint.classCount === classes) return;
  throw new UserError(
    'CHECKPOINT_DATASET_MISMATCH',
    `the checkpoint takes images of ${takes} and knows ${checkpoint.classCount} classes, but ${dataset.name} has images of ${has} and ${classes} classes; choose a checkpoint trained for this dataset`,
  );
}
