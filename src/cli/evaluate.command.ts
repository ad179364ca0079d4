/** `assay evaluate`: one evaluation from the terminal, stored, shown and held against the gate's rules. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config/load-config';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { storedReport } from '../evaluations/scores/stored-report';
import { MAX_BATCH_SIZE } from '../inference/batch-size';
import type { GateReport } from '../gate/gate.service';
import { startServices } from '../services';
import { looksLikeUuid } from '../uuid';
import type { Job } from './default-job';
import { follow, showResult } from './evaluate-and-show';
import { interruptible } from './interruptible';
import { addJobOptions, evaluateJob, JOB_FLAGS, type JobFlags } from './job-of';
import type { CommandIo } from './output/command-io';
import { gateJson } from './output/gate-json';
import { writeGate } from './output/gate-view';
import { storedReportJson } from '../evaluations/scores/report-json';
import { wholeNumber } from './whole-number';

interface EvaluateFlags extends JobFlags {
  batchSize?: number;
  force?: boolean;
  follow?: string;
  gate?: boolean;
  json?: boolean;
}

const GATE_MISSED = 1;

export function evaluateCommand(io: CommandIo): Command {
  const command = new Command('evaluate').description(
    'evaluate a checkpoint once, store the result and show it',
  );
  return addJobOptions(command)
    .option(
      '--batch-size <n>',
      'images a forward pass (default: config.yaml)',
      wholeNumber(1, MAX_BATCH_SIZE),
    )
    .option('--gate', 'hold the result against the rules of config.yaml: exit 1 if one is missed')
    .option('--force', 'evaluate again where an equal result is stored')
    .addOption(
      new Option('--follow <run>', 'show a run that is under way anywhere, and then its result')
        .argParser(runId)
        .conflicts([...JOB_FLAGS, 'batchSize', 'force']),
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
        ? await evaluateJob(services, flags, io, interruption.signal)
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
