/**
 * A result as the body of MLflow's `POST /api/2.0/mlflow/runs/log-batch`.
 *
 * Not as files for `mlruns`: MLflow has made SQLite its default and calls the file store legacy, while this
 * request reaches every store. It holds at most 1,000 entries, 100 of them parameters and 100 tags, so the
 * figures of single classes stay out. Undefined metrics do too, for MLflow has no null.
 * Source: mlflow.org/docs/latest/rest-api.html, "Log Batch".
 */
import { boundsOf } from '../evaluations/scores/stored-intervals';
import type { ExportedResult } from './exported-result';
import { NAMED_METRICS } from './metric-names';

/** Values of parameters are at most so long in every version that takes this request. */
const MAX_PARAMETER_LENGTH = 250;

export interface MlflowEntry {
  key: string;
  value: string;
}

export interface MlflowBatch {
  run_id?: string;
  /** `timestamp` in milliseconds. The ends of intervals are `<key>_lower` and `<key>_upper`. */
  metrics: { key: string; value: number; timestamp: number; step: number }[];
  params: MlflowEntry[];
  tags: MlflowEntry[];
}

/** @param mlflowRun the run in MLflow that takes them; whoever sends the body adds it where it is left out */
export function mlflowBatch(
  { result, run, checkpoint, dataset }: ExportedResult,
  mlflowRun?: string,
): MlflowBatch {
  const timestamp = result.createdAt.getTime();
  const metric = (key: string, value: number) => ({ key, value, timestamp, step: 0 });
  return {
    ...(mlflowRun !== undefined && { run_id: mlflowRun }),
    metrics: NAMED_METRICS.flatMap(({ metric: name, key }) => {
      const value = result[name];
      if (value === null) return [];
      const bounds = boundsOf(result.intervals, name);
      return [
        metric(key, value),
        ...(bounds ? [metric(`${key}_lower`, bounds[0]), metric(`${key}_upper`, bounds[1])] : []),
      ];
    }),
    params: entries({
      checkpoint: checkpoint.name,
      dataset: dataset.name,
      split: result.split,
      engine: result.engine,
      backend: `${result.backend} ${result.backendVersion}`,
      batch_size: String(run.batchSize),
      sample_count: String(result.sampleCount),
      class_count: String(result.classCount),
    }),
    tags: entries({
      'assay.result_id': result.runId,
      'assay.checkpoint_digest': result.checkpointDigest,
      'assay.data_digest': result.dataDigest,
    }),
  };
}

function entries(values: Record<string, string>): MlflowEntry[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: Array.from(value).slice(0, MAX_PARAMETER_LENGTH).join(''),
  }));
}
