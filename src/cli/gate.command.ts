/** `assay gate`: is a result good enough? Exit 0 yes, 1 no, 2 where it could not be found out. */
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { loadConfig } from '../config/load-config';
import { messageOf, UserError } from '../errors';
import { resultNamed } from '../evaluations/named-result';
import { gateJunit } from '../gate/gate-junit';
import { gateMarkdown } from '../gate/gate-markdown';
import type { GateReport } from '../gate/gate.service';
import { type Services, startServices } from '../services';
import { interruptible } from './interruptible';
import { addJobOptions, evaluateJob, JOB_FLAGS, type JobFlags } from './job-of';
import type { CommandIo } from './output/command-io';
import { gateJson } from './output/gate-json';
import { writeGate } from './output/gate-view';

interface GateFlags extends JobFlags {
  result?: string;
  baseline?: string;
  junit?: string;
  markdown?: string;
  json?: boolean;
}

const GATE_MISSED = 1;

export function gateCommand(io: CommandIo): Command {
  const command = new Command('gate')
    .description('hold a result against the rules of config.yaml: exit 0 passed, 1 missed, 2 error')
    .addOption(
      new Option('--result <id>', 'a stored result, instead of evaluating').conflicts(JOB_FLAGS),
    );
  return addJobOptions(command)
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
      const { result } =
        flags.result === undefined
          ? await evaluateJob(services, flags, io, interruption.signal)
          : { result: await services.results.byId(flags.result) };
      const report = await services.gate.check(result, named);
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
