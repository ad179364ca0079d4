/** The evaluation that a command's options ask for. */
import { type Command, Option } from 'commander';
import { checkedDetails } from '../checkpoints/checkpoint-inputs';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import type { Services } from '../services';
import { DEFAULT_DATASET, type Job, prepareDefaultJob, registerCheckpointFor } from './default-job';
import { evaluate } from './evaluate-and-show';
import type { CommandIo } from './output/command-io';
import { downloadProgress } from './output/download-progress';

export interface JobFlags {
  /** A path. */
  checkpoint?: string;
  name?: string;
  dataset?: string;
  split: string;
  engine?: EngineName;
}

/** What makes no sense beside a result or a run that is there already. */
export const JOB_FLAGS = ['checkpoint', 'name', 'dataset', 'engine'];

export function addJobOptions(command: Command): Command {
  return command
    .option('--checkpoint <path>', 'a file or folder (default: ckpt_path of config.yaml)')
    .option('--name <name>', 'what to call the checkpoint when it is new')
    .option('--dataset <name>', 'fashion-mnist or sample-shapes (default: fashion-mnist)')
    .option('--split <name>', 'the part of the dataset', 'test')
    .addOption(
      new Option('--engine <name>', 'what runs the model (default: config.yaml)').choices(
        ENGINE_NAMES,
      ),
    );
}

/**
 * Evaluates in this process; an equal result that is stored is taken as it is unless `force` is set.
 *
 * @throws UserError as `evaluate` does
 */
export async function evaluateJob(
  services: Services,
  flags: JobFlags & { batchSize?: number; force?: boolean },
  io: CommandIo,
  signal: AbortSignal,
): Promise<{ job: Job; result: EvaluationResult }> {
  const { evaluation } = services.loaded.config;
  const engine = flags.engine ?? evaluation.engine;
  await services.startWorker({ engines: [engine] });
  const job = await jobOf(services, flags, io);
  const options = {
    split: flags.split,
    engine,
    batchSize: flags.batchSize ?? evaluation.batchSize,
    force: flags.force ?? false,
  };
  return { job, result: await evaluate(services, job, options, io, signal) };
}

/** Registers both where they are new. */
async function jobOf(services: Services, flags: JobFlags, io: CommandIo): Promise<Job> {
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
