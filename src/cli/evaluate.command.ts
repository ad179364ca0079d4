/** `assay evaluate`: one evaluation from the terminal, stored, shown and held against the gate's rules. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config/load-config';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { storedReport } from '../evaluations/scores/stored-report';
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import type { GateReport } from '../gate/gate.service';
import { type Services, startServices } from '../services';
import { looksLikeUuid } from '../uuid';
import type { Job } from './default-job';
import { evaluate, follow, showResult } from './evaluate-and-show';
import { interruptible } from './interruptible';
import { batchSize, jobOf, type JobFlags } from './job-of';
import type { CommandIo } from './output/command-io';
import { gateJson } from './output/gate-json';
import { writeGate } from './output/gate-view';
import { storedReportJson } from '../evaluations/scores/report-json';

interface EvaluateFlags extends JobFlags {
  split: string;
  engine?: EngineName;
  batchSize?: number;
  force?: boolean;
  follow?: string;
  gate?: boolean;
  json?: boolean;
}

const GATE_MISSED = 1;

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
    .option('--gate', 'hold the result against the rules of config.yaml: exit 1 if one is missed')
    .option('--force', 'evaluate again where an equal result is stored')
    .addOption(
      new Option('--follow <run>', 'show a run that is under way anywhere, and then its result')
        .argParser(runId)
        .conflicts(['checkpoint', 'name', 'dataset', 'engine', 'batchSize', 'force']),
    )
    .option('--json', 'print the result as one line of JSON')
    .action((flags: EvaluateFlags) => run(io, flags));
}

async function run(io: CommandIo, flags: EvaluateFlags): Promise<void> {
  const loaded = loadConfig();
  const interruption = interruptible();
  const services = await startServices(loaded, interruption.signal);
  try {
    const { job, result } =
      flags.follow === undefined
        ? await evaluated(services, flags, io, interruption.signal)
        : await follow(services, flags.follow, io, interruption.signal);
    const gate = flags.gate ? await services.gate.check(result) : undefined;
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

async function evaluated(
  services: Services,
  flags: EvaluateFlags,
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

/** Names and figures under the field names of `assay score --json`. */
function resultJson({ checkpoint, dataset }: Job, result: EvaluationResult, gate?: GateReport) {
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
    ...(gate && { gate: gateJson(gate) }),
  };
}

function runId(text: string): string {
  if (looksLikeUuid(text)) return text.toLowerCase();
  throw new InvalidArgumentError('the id of a run is needed, as "runEvaluation" answers it');
}
