/** `assay data add`: tracks files or folders, such as checkpoints, as `dvc add` does. */
import { Command } from 'commander';
import { add } from '../dvc/add';
import { countedFiles, jobsOption, untilInterrupted } from './data-parts';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';

export function addDataCommand(io: CommandIo): Command {
  return new Command('add')
    .description('track files or folders by a .dvc file, which belongs into git in their place')
    .argument('<path...>', 'files and folders, such as a checkpoint')
    .addOption(jobsOption())
    .option('--json', 'print the result as one line of JSON')
    .action((targets: string[], flags: { jobs: number; json?: boolean }) =>
      track(io, targets, flags),
    );
}

async function track(
  io: CommandIo,
  targets: string[],
  flags: { jobs: number; json?: boolean },
): Promise<void> {
  const outputs = await untilInterrupted((signal) => add({ targets, jobs: flags.jobs, signal }));
  if (flags.json) io.stdout.write(`${JSON.stringify({ outputs })}\n`);
  else {
    const lines = outputs.map(
      ({ path, files, dvcFile }) =>
        `${printable(path)}: ${countedFiles(files)}, tracked by ${printable(dvcFile)}\n`,
    );
    io.stdout.write(lines.join(''));
  }
}
