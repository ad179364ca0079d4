/** Results of a few checkpoints, datasets, splits and engines, with equal values and missing ones. */
import type { DataSource } from 'typeorm';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import type { Dataset } from '../../../src/datasets/dataset.entity';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { columnOf } from '../../../src/evaluations/history/result-order';
import { RESULT_METRICS } from '../../../src/evaluations/result-metric';
import { Random } from '../../../src/metrics/statistics/random';
import { newRun, storeCheckpoint, storeDataset, storeResult } from '../../support/stored-rows';
import { storeVariant } from '../../support/stored-variants';

export interface MadeHistory {
  checkpoints: Checkpoint[];
  datasets: Dataset[];
  /** All results, with the time of each in microseconds. */
  results: { result: EvaluationResult; micros: number }[];
}

const COUNT = 60;
const SOMETIMES_NULL = RESULT_METRICS.slice(-7);

export async function makeHistory(dataSource: DataSource, seed: number): Promise<MadeHistory> {
  const random = new Random(seed);
  const pick = <T>(values: readonly T[]) => values[random.below(values.length)] as T;
  const checkpoints = [];
  for (let i = 0; i < 4; i++) checkpoints.push(await storeCheckpoint(dataSource));
  const datasets = [await storeDataset(dataSource), await storeDataset(dataSource)];
  const first = await storeResult(dataSource, await newRun(dataSource));
  for (let i = 0; i < COUNT; i++) {
    // Tenths, so that many are equal; a third of some are missing.
    const metrics = RESULT_METRICS.map((metric): [string, number | null] => {
      const isMissing = SOMETIMES_NULL.includes(metric) && random.below(3) === 0;
      return [columnOf(metric), isMissing ? null : random.below(11) / 10];
    });
    const checkpoint = pick(checkpoints);
    await storeVariant(dataSource, first.runId, {
      ...(Object.fromEntries(metrics) as Record<string, number | null>),
      checkpoint_id: checkpoint.id,
      checkpoint_digest: checkpoint.digest,
      dataset_id: pick(datasets).id,
      split: pick(['test', 'train', 'test~noise-1-s42']),
      engine: pick(['onnx', 'onnx', 'tfjs']),
      // Within a few milliseconds, so that a Date could not tell them apart.
      created_at: `2030-01-01T00:00:00.${String(123_000 + random.below(4_000)).padStart(6, '0')}Z`,
    });
  }
  return { checkpoints, datasets, results: await storedResults(dataSource) };
}

export async function storedResults({ manager }: DataSource): Promise<MadeHistory['results']> {
  const results = await manager.find(EvaluationResult);
  const times = await manager.query<{ id: string; micros: string }[]>(
    'SELECT run_id AS id, (extract(epoch FROM created_at) * 1000000)::bigint AS micros FROM evaluation_result',
  );
  const byId = new Map(times.map(({ id, micros }) => [id, Number(micros)]));
  return results.map((result) => ({ result, micros: byId.get(result.runId) as number }));
}
