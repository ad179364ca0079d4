/** `assay evaluate`: one evaluation from the terminal, stored, shown and held against the thresholds. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import { checkedDetails } from '../checkpoints/checkpoint-inputs';
import { loadConfig } from '../config/load-config';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { storedReport } from '../evaluations/scores/stored-report';
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import { checkThresholds, type GateResult } from '../metrics/gate';
import { report } from '../metrics/report';
import { type Services, startServices } from '../services';
import { DEFAULT_DATASET, type Job, prepareDefaultJob, registerCheckpointFor } from './default-job';
import { evaluate, showResult } from './evaluate-and-show';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';
import { downloadProgress } from './output/download-progress';
import { writeGate } from './output/gate-view';
import { storedReportJson } from './output/report-json';

interface EvaluateFlags {
  checkpoint?: string;
  name?: string;
  dataset?: string;
  split: string;
  engine?: EngineName;
  batchSize?: number;
  force?: boolean;
  gate?: boolean;
  json?: boolean;
}

const GATE_MISSED = 1;
const MAX_BATCH_SIZE = 4096;

export function evaluateCommand(io: CommandIo): Command {
  return new Command('evaluate')
    .description('evaluate a checkpoint once, store the result and show it')
    .option('--checkpoint <path>', 'a file or folder (default: ckpt_path of config.yaml)')
    .option('--name <name>', 'what to call the checkpoint when it is new')
    .option('--dataset <name>', 'fashion-mnist or sample-shapes (default: fashion-mnist)')
    .option('--split <name>', 'the part of the dataset', 'test')
    .addOption(
      new Option('--engine <name>', 'what runs the model (default: config.yaml)').choices(
        ENGINE_NAMES,
      ),
    )
    .option('--batch-size <n>', 'images a forward pass (default: config.yaml)', batchSize)
    .option(
      '--gate',
      'hold the result against the thresholds of config.yaml: exit 1 if one is missed',
    )
    .option('--force', 'evaluate again where an equal result is stored')
    .option('--json', 'print the result as one line of JSON')
    .action((flags: EvaluateFlags) => run(io, flags));
}

async function run(io: CommandIo, flags: EvaluateFlags): Promise<void> {
  const loaded = loadConfig();
  const { evaluation, thresholds } = loaded.config;
  const interruption = interruptible();
  const services = await startServices(loaded, interruption.signal);
  try {
    await services.startWorker({ engines: [flags.engine ?? evaluation.engine] });
    const job = await jobOf(services, flags, io);
    const options = {
      split: flags.split,
      engine: flags.engine ?? evaluation.engine,
      batchSize: flags.batchSize ?? evaluation.batchSize,
      force: flags.force ?? false,
    };
    const result = await evaluate(services, job, options, io, interruption.signal);
    const gate = flags.gate ? checkThresholds(report(result), thresholds) : undefined;
    if (flags.json) io.stdout.write(`${JSON.stringify(resultJson(job, result, gate))}\n`);
    else showResult(job, result, io);
    if (gate && !flags.json) writeGate(io.stdout, gate, { isTty: io.isTty });
    if (gate && !gate.passed) process.exitCode = GATE_MISSED;
  } finally {
    // What it has taken beside its own run goes back at once: nobody waits for others' runs here.
    await services.stop(0);
    interruption.end();
  }
}

async function jobOf(services: Services, flags: EvaluateFlags, io: CommandIo): Promise<Job> {
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

/** Names and figures under the field names of `assay score --json`. */
function resultJson({ checkpoint, dataset }: Job, result: EvaluationResult, gate?: GateResult) {
  const { runId, checkpointDigest, dataDigest, split, engine, backend, backendVersion } = result;
  const { loadMs, inferenceMs, totalMs } = result;
  return {
    runId,
    checkpoint: checkpoint.name,
    checkpointDigest,
    dataset: dataset.name,
    split,
    dataDigest,
    engine,
    backend,
    backendVersion,
    timings: { loadMs, inferenceMs, totalMs },
    ...storedReportJson(storedReport(result), dataset.classNames),
    ...(gate && { gate }),
  };
}

function batchSize(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_BATCH_SIZE) return value;
  throw new InvalidArgumentError(`a whole number of 1 to ${MAX_BATCH_SIZE} is needed`);
}
