/** Everything that came to be since a time, as files in a folder: JSON lines, and predictions as CSV. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EntityManager } from 'typeorm';
import type { DatasetService } from '../datasets/dataset.service';
import { AssayError, OperationalError, UserError } from '../errors';
import { checkpointJson, datasetJson, resultJson, runJson } from './export-json';
import {
  CHECKPOINTS,
  type ClassNames,
  DATASETS,
  namedPages,
  RESULTS,
  RUNS,
} from './export-sources';
import { settledUntil } from './export-time';
import { predictionsCsv } from './predictions-csv';
import type { RowSource, TimeSpan } from './stored-rows';
import { writeTextFile } from './write-text';

export interface EverythingOptions {
  /** As `exportTime` gives it. */
  since: string;
  folder: string;
  /** Whether each result's predictions are written to `predictions/<id>.csv`. */
  predictions: boolean;
  signal?: AbortSignal;
}

/** Also the content of `export.json`, which is written last. */
export interface EverythingExported extends TimeSpan {
  checkpoints: number;
  datasets: number;
  runs: number;
  results: number;
  /** Results whose predictions can't be read here any more. */
  withoutPredictions: { id: string; code: string }[];
}

const SUMMARY = 'export.json';
/** What may have become of one result's predictions; all others are exported all the same. */
const UNREADABLE = ['RESULT_DATA_CHANGED', 'RESULT_DATA_UNAVAILABLE', 'RESULT_PREDICTIONS_MISSING'];

/**
 * Writes `checkpoints.jsonl`, `datasets.jsonl`, `runs.jsonl` and `results.jsonl`, each oldest first. The memory it
 * takes does not grow with their number; each file is there whole or not at all; the same rows give the same bytes.
 *
 * @returns with `until`, from which the next export goes on: nothing is between them, and nothing in both
 * @throws UserError EXPORT_FOLDER_TAKEN, FILE_NOT_WRITTEN; OperationalError EXPORT_INTERRUPTED
 */
export async function exportEverything(
  manager: EntityManager,
  datasets: DatasetService,
  { since, folder, predictions, signal }: EverythingOptions,
): Promise<EverythingExported> {
  await checkFolder(folder, since);
  const span = { since, until: await settledUntil(manager) };
  const counts = { checkpoints: 0, datasets: 0, runs: 0, results: 0 };
  /** @param lineOf one row's, made when its turn comes: a page of them at once may be large */
  const write = async <T extends object>(
    kind: keyof typeof counts,
    source: RowSource<T>,
    lineOf: (row: T, classNames: ClassNames) => object,
  ): Promise<void> => {
    async function* lines() {
      for await (const { rows, classNames } of namedPages(manager, source, span)) {
        for (const row of rows) {
          checkGoingOn(signal);
          counts[kind] += 1;
          yield `${JSON.stringify(lineOf(row, classNames))}\n`;
        }
      }
    }
    await writeTextFile(path.join(folder, `${kind}.jsonl`), lines());
  };
  await write('checkpoints', CHECKPOINTS, checkpointJson);
  await write('datasets', DATASETS, datasetJson);
  await write('runs', RUNS, runJson);
  await write('results', RESULTS, (row, names) => resultJson(row, names.get(row.datasetId) ?? []));
  const withoutPredictions = predictions
    ? await writePredictions(manager, datasets, span, { folder, ...(signal && { signal }) })
    : [];
  const exported = { ...span, ...counts, withoutPredictions };
  await writeTextFile(path.join(folder, SUMMARY), [`${JSON.stringify(exported)}\n`]);
  return exported;
}

/** @returns the results whose predictions could not be read, with the reason's code */
async function writePredictions(
  manager: EntityManager,
  datasets: DatasetService,
  span: TimeSpan,
  { folder, signal }: Pick<EverythingOptions, 'folder' | 'signal'>,
): Promise<EverythingExported['withoutPredictions']> {
  const without: EverythingExported['withoutPredictions'] = [];
  for await (const { rows, classNames } of namedPages(manager, RESULTS, span)) {
    for (const result of rows) {
      checkGoingOn(signal);
      const names = classNames.get(result.datasetId) ?? [];
      const file = path.join(folder, 'predictions', `${result.runId}.csv`);
      try {
        await writeTextFile(file, predictionsCsv(manager, datasets, result, names));
      } catch (error) {
        if (!(error instanceof AssayError) || !UNREADABLE.includes(error.code)) throw error;
        without.push({ id: result.runId, code: error.code });
      }
    }
  }
  return without;
}

/** Another export's files are not written over: the next one has a folder of its own. */
async function checkFolder(folder: string, since: string): Promise<void> {
  const text = await readFile(path.join(folder, SUMMARY), 'utf8').catch(() => undefined);
  if (text === undefined || sinceOf(text) === since) return;
  throw new UserError(
    'EXPORT_FOLDER_TAKEN',
    `${folder} holds an export since another time: name a folder of its own for each`,
  );
}

function sinceOf(summary: string): unknown {
  try {
    return (JSON.parse(summary) as { since?: unknown } | null)?.since;
  } catch {
    return undefined;
  }
}

function checkGoingOn(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new OperationalError(
    'EXPORT_INTERRUPTED',
    'the export was interrupted: what is written is whole, and the same command writes it all again',
  );
}
