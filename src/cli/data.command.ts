/** `assay data add | pull | push | status`: versions of data, kept as DVC keeps them. */
import { Command } from 'commander';
import type { PulledOutput } from '../dvc/pull';
import { pull } from '../dvc/pull';
import { push, type PushedOutput } from '../dvc/push';
import type { DataOptions } from '../dvc/repository';
import { status } from '../dvc/status';
import { addDataCommand } from './data-add.command';
import { countedFiles, jobsOption, untilInterrupted } from './data-parts';
import type { CommandIo } from './output/command-io';
import { statusLines } from './output/data-status-view';
import { printable } from './output/printable';
import { ProgressBar } from './output/progress-bar';
import { environmentOf } from './remote-environment';

interface DataFlags {
  remote?: string;
  jobs: number;
  json?: boolean;
}

export function dataCommand(io: CommandIo): Command {
  return new Command('data')
    .description('versions of data and checkpoints, kept as DVC keeps them')
    .addCommand(addDataCommand(io))
    .addCommand(
      withFlags(new Command('pull'))
        .description('fetch tracked files, each checked by its MD5')
        .option('--force', 'replace files that were changed by hand')
        .action((targets: string[], flags: DataFlags & { force?: boolean }) =>
          transfer(io, 'Pulling', targets, flags, (options) =>
            pull({ ...options, force: flags.force ?? false }),
          ),
        ),
    )
    .addCommand(
      withFlags(new Command('push'))
        .description('store tracked files at a remote')
        .action((targets: string[], flags: DataFlags) =>
          transfer(io, 'Pushing', targets, flags, push),
        ),
    )
    .addCommand(
      withFlags(new Command('status'))
        .description(
          'compare workspace and cache, and with --cloud or --remote a remote, with the .dvc files',
        )
        .option('--cloud', 'ask the remote too')
        .action((targets: string[], flags: DataFlags & { cloud?: boolean }) =>
          showStatus(io, targets, flags),
        ),
    );
}

function withFlags(command: Command): Command {
  return command
    .argument('[target...]', '.dvc files, tracked files or folders (default: all)')
    .option('--remote <name>', 'a remote of .dvc/config (default: core.remote)')
    .addOption(jobsOption())
    .option('--json', 'print the result as one line of JSON');
}

async function transfer<Summary extends PulledOutput | PushedOutput>(
  io: CommandIo,
  title: string,
  targets: string[],
  flags: DataFlags,
  work: (options: DataOptions) => Promise<Summary[]>,
): Promise<void> {
  const bar = new ProgressBar({ out: io.stderr, isTty: io.isTty, title, unit: 'bytes' });
  const outputs = await untilInterrupted(async (signal) => {
    try {
      return await work({
        targets,
        remote: flags.remote,
        jobs: flags.jobs,
        signal,
        environment: environmentOf(io),
        onProgress: (done, total) => {
          bar.update(done, total);
        },
      });
    } finally {
      bar.end();
    }
  });
  if (flags.json) io.stdout.write(`${JSON.stringify({ outputs })}\n`);
  else io.stdout.write(outputs.map((output) => `${wordsFor(output)}\n`).join(''));
}

function wordsFor(output: PulledOutput | PushedOutput): string {
  const { path, files } = output;
  const what = `${printable(path)}: ${countedFiles(files)}`;
  return 'sent' in output
    ? `${what}, ${output.sent} objects sent`
    : `${what}, ${output.fetched} objects fetched, ${output.placed} files written`;
}

async function showStatus(
  io: CommandIo,
  targets: string[],
  flags: DataFlags & { cloud?: boolean },
): Promise<void> {
  const { remote, jobs } = flags;
  const cloud = flags.cloud ?? remote !== undefined;
  const environment = environmentOf(io);
  const outputs = await untilInterrupted((signal) =>
    status({ targets, remote, jobs, cloud, signal, environment }),
  );
  if (flags.json) io.stdout.write(`${JSON.stringify({ outputs })}\n`);
  else io.stdout.write(statusLines(outputs).join(''));
}
