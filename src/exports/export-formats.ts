/** One stored result as text, in any of the formats. */
import type { EntityManager } from 'typeorm';
import type { DatasetService } from '../datasets/dataset.service';
import { exportJson } from './export-json';
import { exportedResult } from './exported-result';
import { mlflowBatch } from './mlflow-batch';
import { modelCard } from './model-card';
import { predictionsCsv } from './predictions-csv';
import { resultMarkdown } from './result-markdown';

export const EXPORT_FORMATS = ['json', 'csv', 'markdown', 'model-card', 'mlflow'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  format: ExportFormat;
  /** The id that MLflow gave to its run; only `mlflow` needs it. */
  mlflowRun?: string | undefined;
}

/**
 * @returns the text in parts, made while they are read
 * @throws UserError RESULT_NOT_FOUND; for csv what `predictionsCsv` throws
 */
export async function* exportResult(
  manager: EntityManager,
  datasets: DatasetService,
  resultId: string,
  { format, mlflowRun }: ExportOptions,
): AsyncGenerator<string, void, undefined> {
  const exported = await exportedResult(manager, resultId);
  switch (format) {
    case 'json':
      yield `${JSON.stringify(exportJson(exported), null, 2)}\n`;
      return;
    case 'csv':
      yield* predictionsCsv(manager, datasets, exported.result, exported.dataset.classNames);
      return;
    case 'markdown':
      yield resultMarkdown(exported);
      return;
    case 'model-card':
      yield modelCard(exported);
      return;
    case 'mlflow':
      yield `${JSON.stringify(mlflowBatch(exported, mlflowRun), null, 2)}\n`;
  }
}
