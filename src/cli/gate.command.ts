/** `assay gate`: is a result good enough? Exit 0 yes, 1 no, 2 where it could not be found out. */
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { loadConfig } from '../config/load-config';
import { messageOf, UserError } from '../errors';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { resultNamed } from '../evaluations/named-result';
import { gateJunit } from '../gate/gate-junit';
import { gateMarkdown } from '../gate/gate-markdown';
import type { GateReport } from '../gate/gate.service';
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import { type Services, startServices } from '../services';
import { evaluate } from './evaluate-and-show';
import { type Interruption, interruptible } from './interruptible';
import { jobOf, type JobFlags } from './job-of';
import type { CommandIo } from './output/command-io';
import { gateJson } from './output/gate-json';
import { writeGate } from './output/gate-view';

interface GateFlags extends JobFlags {
  result?: string;
  split: string;
  engine?: EngineName;
  baseline?: string;
  junit?: string;
  markdown?: string;
  json?: boolean;
}

const GATE_MISSED = 1;

export function gateCommand(io: CommandIo): Command {
  return new Command('gate')
    .description('hold a result against the rules of config.yaml: exit 0 passed, 1 missed, 2 error')
    .addOption(
      new Option('--result <id>', 'a stored result, instead of evaluating').conflicts([
        'checkpoint',
        'name',
        'dataset',
        'engine',
      ]),
    )
    .option('--checkpoint <path>', 'a file or folder (default: ckpt_path of config.yaml)')
    .option('--name <name>', 'what to call the checkpoint when it is new')
    .option('--dataset <name>', 'fashion-mnist or sample-shapes (default: fashion-mnist)')
    .option('--split <name>', 'the part of the dataset', 'test')
    .addOption(
      new Option('--engine <name>', 'what runs the model (default: config.yaml)').choices(
        ENGINE_NAMES,
      ),
    )
    .option('--baseline <alias or id>', 'what to hold it against (default: config.yaml)')
    .option('--junit <file>', 'write the checks as JUnit XML')
    .option('--markdown <file>', 'write a report for a pull request')
    .option('--json', 'print the report as one line of JSON')
    .action((flags: GateFlags) => run(io, flags));
}

async function run(io: CommandIo, flags: GateFlags): Promise<void> {
  const interruption = interruptible();
  try {
    const services = await startServices(loadConfig(), interruption.signal);
    try {
      const named = flags.baseline === undefined ? undefined : resultNamed(flags.baseline);
      const report =
        flags.result === undefined
          ? await services.gate.check(await evaluated(services, flags, io, interruption), named)
          : await services.gate.checkId(flags.result, named);
      await writeFiles(services, report, flags);
      if (flags.json) io.stdout.write(`${JSON.stringify(gateJson(report))}\n`);
      else writeGate(io.stdout, report, { isTty: io.isTty });
      if (!report.passed) process.exitCode = GATE_MISSED;
    } finally {
      await services.stop(0);
    }
  } finally {
    interruption.end();
  }
}

/** An equal result that is stored is taken as it is. */
async function evaluated(
  services: Services,
  flags: GateFlags,
  io: CommandIo,
  { signal }: Interruption,
): Promise<EvaluationResult> {
  const { engine: configured, batchSize } = services.loaded.config.evaluation;
  const engine = flags.engine ?? configured;
  await services.startWorker({ engines: [engine] });
  const job = await jobOf(services, flags, io);
  return evaluate(services, job, { split: flags.split, engine, batchSize }, io, signal);
}

async function writeFiles(
  { checkpoints, datasets }: Services,
  report: GateReport,
  { junit, markdown }: GateFlags,
): Promise<void> {
  const { result, baseline } = report;
  const dataset = await datasets.get(result.datasetId);
  const checkpoint = (await checkpoints.get(result.checkpointId)).name;
  if (junit !== undefined) {
    await write(junit, gateJunit(report, `${checkpoint} on ${dataset.name} ${result.split}`));
  }
  if (markdown !== undefined) {
    const titles = {
      checkpoint,
      dataset: dataset.name,
      ...(baseline && { baseline: (await checkpoints.get(baseline.checkpointId)).name }),
    };
    await write(markdown, gateMarkdown(report, titles));
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UserError('FILE_NOT_WRITTEN', `${file} could not be written: ${messageOf(error)}`);
  }
}
