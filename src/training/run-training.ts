/** Training from a dataset to a checkpoint's folder: what `assay train` calls. */
import path from 'node:path';
import { checkpointDigest, METADATA_FILE } from '../checkpoints/formats/checkpoint-digest';
import { architectureOf } from '../checkpoints/formats/sequential-model';
import { MODEL_FILE } from '../checkpoints/formats/tfjs-manifest';
import { readTfjsLayers } from '../checkpoints/formats/tfjs-layers';
import type { DatasetSource, DownloadProgress } from '../datasets/dataset';
import { checkReplaceable, writeCheckpointFolder } from './checkpoint-folder';
import { metadataJson } from './checkpoint-metadata';
import { WEIGHTS_FILE } from './model-weights';
import type { TrainingProgress } from './progress';
import { train, type TrainedModel } from './train';
import {
  DEFAULT_LEARNING,
  DEFAULT_NETWORK,
  type LearningOptions,
  type NetworkOptions,
  type TrainingOptions,
} from './training-options';

export interface RunTrainingOptions {
  source: DatasetSource;
  /** Default `train`. */
  splitName?: string;
  /** Where model.json, weights.bin and metadata.json go; an earlier checkpoint there is replaced. */
  outputFolder: string;
  /** Default: the last part of the output folder. */
  name?: string;
  /** What is left out has its default. */
  learning?: Partial<LearningOptions>;
  network?: Partial<NetworkOptions>;
  onDownload?: DownloadProgress;
  onProgress?: (progress: TrainingProgress) => void;
  signal?: AbortSignal;
}

export interface TrainingOutcome extends Omit<TrainedModel, 'files'> {
  outputFolder: string;
  /** The checkpoint's digest, as `readCheckpoint` computes it. */
  digest: string;
}

/** @throws what `train`, the dataset source and `writeCheckpointFolder` throw */
export async function runTraining(run: RunTrainingOptions): Promise<TrainingOutcome> {
  await checkReplaceable(run.outputFolder);
  const dataset = await run.source.describe(run.onDownload);
  const split = await run.source.loadSplit(run.splitName ?? 'train', run.onDownload);
  const options: TrainingOptions = {
    ...DEFAULT_LEARNING,
    ...run.learning,
    network: { ...DEFAULT_NETWORK, ...run.network },
    split,
    classNames: dataset.classNames,
  };
  const { files: model, ...trained } = await train(options, run.onProgress, run.signal);
  const files = new Map([
    [MODEL_FILE, Buffer.from(model.modelJson)],
    [WEIGHTS_FILE, model.weights],
  ]);
  const digest = checkpointDigest(files);
  const sizeBytes = model.modelJson.length + model.weights.length;
  const layers = readTfjsLayers({ format: 'tfjs-layers', digest, files, sizeBytes });
  const metadata = metadataJson({
    name: run.name ?? path.basename(path.resolve(run.outputFolder)),
    architecture: architectureOf(layers),
    dataset,
    split,
    options,
    trained: { files: model, ...trained },
  });
  files.set(METADATA_FILE, Buffer.from(metadata));
  await writeCheckpointFolder(run.outputFolder, files);
  return { ...trained, outputFolder: run.outputFolder, digest };
}
