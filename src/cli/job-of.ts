/** The checkpoint and the dataset that a command's options name. */
import { InvalidArgumentError } from 'commander';
import { checkedDetails } from '../checkpoints/checkpoint-inputs';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { Services } from '../services';
import { DEFAULT_DATASET, type Job, prepareDefaultJob, registerCheckpointFor } from './default-job';
import type { CommandIo } from './output/command-io';
import { downloadProgress } from './output/download-progress';

export interface JobFlags {
  /** A path. */
  checkpoint?: string;
  name?: string;
  dataset?: string;
}

const MAX_BATCH_SIZE = 4096;

/** Registers both where they are new. */
export async function jobOf(services: Services, flags: JobFlags, io: CommandIo): Promise<Job> {
  const { checkpoint: path, dataset: name } = flags;
  if (path === undefined && name === undefined) return prepareDefaultJob(services, io);
  const progress = downloadProgress(io);
  try {
    const dataset = await services.datasets.register(name ?? DEFAULT_DATASET, progress.update);
    const checkpoint =
      path === undefined
        ? await registerCheckpointFor(services, dataset)
        : await registerNamed(services, path, flags.name);
    return { checkpoint, dataset };
  } finally {
    progress.end();
  }
}

async function registerNamed(services: Services, path: string, name?: string): Promise<Checkpoint> {
  const details = checkedDetails(name === undefined ? {} : { name });
  return (await services.registration.fromPath(path, details)).checkpoint;
}

export function batchSize(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_BATCH_SIZE) return value;
  throw new InvalidArgumentError(`a whole number of 1 to ${MAX_BATCH_SIZE} is needed`);
}
