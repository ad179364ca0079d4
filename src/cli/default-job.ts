/** The checkpoint and the dataset that are taken when nobody names others. */
import path from 'node:path';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import { projectRoot } from '../config/project-root';
import type { Dataset } from '../datasets/dataset.entity';
import { OperationalError } from '../errors';
import type { Services } from '../services';
import type { CommandIo } from './output/command-io';
import { downloadProgress } from './output/download-progress';

export const DEFAULT_DATASET = 'fashion-mnist';
export const SAMPLE_DATASET = 'sample-shapes';
/** Trained for the sample set, as the checkpoint of config.yaml is for Fashion-MNIST. */
export const SAMPLE_CHECKPOINT = path.join(projectRoot(), 'checkpoints', 'sample-cnn');

export interface Job {
  checkpoint: Checkpoint;
  dataset: Dataset;
}

/**
 * Fashion-MNIST with the checkpoint of config.yaml. A machine that can't have the data is told so, and
 * gets the built-in sample set with the checkpoint trained for it: the job is done all the same.
 */
export async function prepareDefaultJob(services: Services, io: CommandIo): Promise<Job> {
  const progress = downloadProgress(io);
  try {
    return await jobOn(
      services,
      await services.datasets.register(DEFAULT_DATASET, progress.update),
    );
  } catch (error) {
    if (!(error instanceof OperationalError) || error.code !== 'DATASET_UNAVAILABLE') throw error;
    progress.end();
    io.stderr.write(`${error.message}\nUntil then the built-in sample set takes its place.\n\n`);
    return await jobOn(services, await services.datasets.register(SAMPLE_DATASET));
  } finally {
    progress.end();
  }
}

/** The checkpoint that was trained for the dataset. */
export async function registerCheckpointFor(
  services: Services,
  dataset: Dataset,
): Promise<Checkpoint> {
  const { config, folder } = services.loaded;
  const at =
    dataset.name === SAMPLE_DATASET ? SAMPLE_CHECKPOINT : path.resolve(folder, config.ckptPath);
  return (await services.registration.fromPath(at, {})).checkpoint;
}

async function jobOn(services: Services, dataset: Dataset): Promise<Job> {
  return { dataset, checkpoint: await registerCheckpointFor(services, dataset) };
}
