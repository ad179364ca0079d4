/** `assay results list`: the newest results with their ids. */
import { Command } from 'commander';
import { loadConfig } from '../config/load-config';
import { type ListedResult, listResults } from '../exports/list-results';
import { startServices } from '../services';
import { unbroken } from './interruptible';
import type { CommandIo } from './output/command-io';
import { formatCount, formatScore } from './output/numbers';
import { printable, truncate } from './output/printable';
import { tableLines } from './output/table';
import { wholeNumber } from './whole-number';

const MAX_RESULTS = 1_000;
const NAME_WIDTH = 32;

interface ListFlags {
  dataset?: string;
  split?: string;
  checkpointAlias?: string;
  first: number;
  json?: boolean;
}

export function listResultsCommand(io: CommandIo): Command {
  return new Command('list')
    .description('show the newest results')
    .option('--dataset <name>', 'only on this dataset')
    .option('--split <name>', 'only on this part of a dataset')
    .option('--checkpoint-alias <alias>', 'only of the checkpoint that the alias means now')
    .option('--first <n>', 'how many', wholeNumber(1, MAX_RESULTS), 20)
    .option('--json', 'print them as one line of JSON')
    .action((flags: ListFlags) => unbroken(() => run(io, flags)));
}

async function run(io: CommandIo, flags: ListFlags): Promise<void> {
  const { dataset, split, checkpointAlias, first, json } = flags;
  const services = await startServices(loadConfig());
  try {
    const { aliases, database } = services;
    const checkpointId =
      checkpointAlias === undefined ? undefined : (await aliases.resolve(checkpointAlias)).id;
    const filter = { dataset, split, checkpointId };
    const results = await listResults(database.dataSource.manager, filter, first);
    if (json) io.stdout.write(`${JSON.stringify({ results })}\n`);
    else io.stdout.write(`${linesOf(results).join('\n')}\n`);
  } finally {
    await services.stop(0);
  }
}

function linesOf(results: readonly ListedResult[]): string[] {
  if (results.length === 0) return ['There is no such result: "assay evaluate" makes one.'];
  return tableLines(
    [
      { title: 'Result', align: 'left' },
      { title: 'Made', align: 'left' },
      { title: 'Checkpoint', align: 'left' },
      { title: 'Dataset', align: 'left' },
      { title: 'Samples', align: 'right' },
      { title: 'Accuracy', align: 'right' },
      { title: 'Macro-F1', align: 'right' },
      { title: 'Loss', align: 'right' },
    ],
    results.map((result) => [
      result.id,
      `${result.createdAt.toISOString().slice(0, 19)}Z`,
      truncate(printable(result.checkpoint), NAME_WIDTH),
      truncate(printable(`${result.dataset} ${result.split}`), NAME_WIDTH),
      formatCount(result.sampleCount),
      ...[result.accuracy, result.macroF1, result.loss].map(formatScore),
    ]),
  );
}
