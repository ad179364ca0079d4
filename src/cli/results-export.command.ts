/** `assay results export`: one result in a format of others, everything since a time, or a copy into a second database. */
import { Command, Option } from 'commander';
import { loadConfig } from '../config/load-config';
import { UserError } from '../errors';
import { copyEverything } from '../exports/copy/copy-everything';
import { exportEverything } from '../exports/export-everything';
import { EXPORT_FORMATS, type ExportFormat, exportResult } from '../exports/export-formats';
import { exportTime } from '../exports/export-time';
import { writeTextFile, writeTextTo } from '../exports/write-text';
import { type Services, startServices } from '../services';
import { openCopyTarget } from './copy-target';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';

interface ExportFlags {
  format?: ExportFormat;
  output?: string;
  mlflowRun?: string;
  since?: string;
  predictions?: boolean;
  to?: string;
  migrate?: boolean;
}

/** What is asked for, once the flags are known to fit together. */
type Wanted =
  | { result: string; format: ExportFormat; output?: string; mlflowRun?: string }
  | { since: string; folder: string; predictions: boolean }
  | { since: string; to: string; migrate: boolean; predictions: boolean };

/** Before all rows; no row is copied twice. */
const BEGINNING = '1970-01-01';

const HELP = `
Formats:
  json        all that is stored of the result, its run, checkpoint and dataset
  csv         its predictions, a line a sample: index, true, predicted, their names, p0 … (probabilities)
  markdown    a report to read
  model-card  README.md for the Hugging Face Hub: metadata with model-index, then the report; add the licence
  mlflow      the body of MLflow's request "log-batch", which reaches every kind of store. Send it with
                curl -H 'content-type: application/json' -d @FILE URL/api/2.0/mlflow/runs/log-batch
              after a run was made there ("runs/create"), whose id --mlflow-run names.

Everything: --since TIME --output FOLDER writes checkpoints.jsonl, datasets.jsonl, runs.jsonl (those that have
ended) and results.jsonl, and prints the time for the next --since, which needs a folder of its own.

A second database: --to FILE copies checkpoints' and datasets' rows, ended runs and results there, with --predictions
their blocks too, from --since on (default: all). Again it copies only what is new. FILE is one that "assay credentials
init --file FILE" made; postgres://USER@HOST:PORT/DATABASE does too, with the password in ASSAY_TARGET_PASSWORD.
An empty database gets the schema first; PostgreSQL, Greenplum 7 and Citus are told apart by themselves.
`;

export function exportResultsCommand(io: CommandIo): Command {
  return new Command('export')
    .description('write a result in a format of others, or everything since a time')
    .argument('[result]', 'its id, as "assay results list" shows it')
    .addOption(
      new Option('--format <format>', 'of one result (default: json)').choices(EXPORT_FORMATS),
    )
    .option('--output <file or folder>', 'default: standard output')
    .option('--mlflow-run <id>', "the run's id in MLflow, with --format mlflow")
    .option('--since <time>', 'everything from then on, such as 2026-01-31 or 1970-01-01')
    .option(
      '--predictions',
      'with --since: predictions/ID.csv for each result too; with --to: blocks',
    )
    .option('--to <file>', 'a second database to copy into: its credentials file')
    .option('--migrate', 'with --to: bring an older schema there up to date first')
    .addHelpText('after', HELP)
    .action((result: string | undefined, flags: ExportFlags) => run(io, wanted(result, flags)));
}

/** @throws UserError EXPORT_OPTIONS, TIME_INVALID */
function wanted(result: string | undefined, flags: ExportFlags): Wanted {
  const { format, output, mlflowRun, since, predictions, to, migrate } = flags;
  if (to !== undefined) {
    if ([result, format, mlflowRun, output].some((given) => given !== undefined)) {
      throw misused(
        '--to copies everything: leave out the result, --format, --mlflow-run and --output',
      );
    }
    return {
      since: exportTime(since ?? BEGINNING),
      to,
      migrate: migrate ?? false,
      predictions: predictions ?? false,
    };
  }
  if (migrate) throw misused('--migrate goes with --to');
  if (since !== undefined) {
    if (result !== undefined || format !== undefined || mlflowRun !== undefined) {
      throw misused('--since exports everything: leave out the result, --format and --mlflow-run');
    }
    if (output === undefined) throw misused('--since needs a folder: name it with --output');
    return { since: exportTime(since), folder: output, predictions: predictions ?? false };
  }
  if (result === undefined) {
    throw misused('name a result ("assay results list" shows them), or a time with --since');
  }
  if (predictions) throw misused('--predictions goes with --since; of one result use --format csv');
  if (mlflowRun !== undefined && format !== 'mlflow') {
    throw misused('--mlflow-run goes with --format mlflow');
  }
  return {
    result,
    format: format ?? 'json',
    ...(output !== undefined && { output }),
    ...(mlflowRun !== undefined && { mlflowRun }),
  };
}

async function run(io: CommandIo, what: Wanted): Promise<void> {
  const interruption = interruptible();
  try {
    const services = await startServices(loadConfig(), interruption.signal);
    try {
      if ('to' in what) await copy(io, services, what, interruption.signal);
      else if ('since' in what) await everything(io, services, what, interruption.signal);
      else await one(io, services, what);
    } finally {
      await services.stop(0);
    }
  } finally {
    interruption.end();
  }
}

async function one(
  io: CommandIo,
  { database, datasets }: Services,
  what: Extract<Wanted, { result: string }>,
): Promise<void> {
  const { manager } = database.dataSource;
  const parts = exportResult(manager, datasets, what.result, what);
  if (what.output === undefined) await writeTextTo(io.stdout, parts);
  else await writeTextFile(what.output, parts);
}

async function everything(
  io: CommandIo,
  { database, datasets }: Services,
  what: Extract<Wanted, { folder: string }>,
  signal: AbortSignal,
): Promise<void> {
  const { manager } = database.dataSource;
  const done = await exportEverything(manager, datasets, { ...what, signal });
  const { checkpoints, datasets: sets, runs, results, until, withoutPredictions } = done;
  for (const { id, code } of withoutPredictions) {
    io.stderr.write(`the predictions of ${id} can't be read here any more: ${code}\n`);
  }
  io.stdout.write(
    `${checkpoints} checkpoints, ${sets} datasets, ${runs} runs, ${results} results.\n` +
      `The next export: --since ${until}\n`,
  );
}

async function copy(
  io: CommandIo,
  { database }: Services,
  { to, migrate, ...options }: Extract<Wanted, { to: string }>,
  signal: AbortSignal,
): Promise<void> {
  const target = await openCopyTarget(io, to, database.dataSource, migrate);
  try {
    const done = await copyEverything(database.dataSource.manager, target, { ...options, signal });
    const { checkpoints, datasets, runs, results, blocks, already, until } = done;
    io.stdout.write(
      `Copied ${checkpoints} checkpoints, ${datasets} datasets, ${runs} runs, ${results} results, ` +
        `${blocks} prediction blocks; ${already} results were there.\n` +
        `The next: --since ${until}\n`,
    );
  } finally {
    await target.destroy();
  }
}

function misused(message: string): UserError {
  return new UserError('EXPORT_OPTIONS', message);
}
