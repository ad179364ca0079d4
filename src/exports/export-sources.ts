/** What an export of everything reads, table by table. */
import { type EntityManager, In } from 'typeorm';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { Dataset } from '../datasets/dataset.entity';
import { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { EvaluationRun } from '../evaluations/evaluation-run.entity';
import { type RowSource, storedPages, type TimeSpan } from './stored-rows';

/** Class lists by the dataset's id. */
export type ClassNames = ReadonlyMap<string, readonly string[]>;

const BY_CREATION = { idColumn: 'id', idKey: 'id', timeColumn: 'created_at' } as const;

export const CHECKPOINTS: RowSource<Checkpoint> = {
  ...BY_CREATION,
  entity: Checkpoint,
  table: 'checkpoint',
  pageSize: 500,
};

export const DATASETS: RowSource<Dataset> = {
  ...BY_CREATION,
  entity: Dataset,
  table: 'dataset',
  pageSize: 500,
};

/** Those that have ended, by when they did: what they were before would have to be exported again. */
export const RUNS: RowSource<EvaluationRun> = {
  ...BY_CREATION,
  entity: EvaluationRun,
  table: 'evaluation_run',
  timeColumn: 'finished_at',
  pageSize: 2_000,
};

/** One of a thousand classes holds a million counts, so few are held at a time. */
export const RESULTS: RowSource<EvaluationResult> = {
  entity: EvaluationResult,
  table: 'evaluation_result',
  idColumn: 'run_id',
  idKey: 'runId',
  timeColumn: 'created_at',
  pageSize: 16,
};

/** With the class lists of the datasets that the rows name, where they name any. */
export async function* namedPages<T extends object>(
  manager: EntityManager,
  source: RowSource<T>,
  span: TimeSpan,
): AsyncGenerator<{ rows: T[]; classNames: ClassNames }, void, undefined> {
  for await (const rows of storedPages(manager, source, span)) {
    const results = rows.filter((row) => row instanceof EvaluationResult);
    const ids = [...new Set(results.map(({ datasetId }) => datasetId))];
    const found = ids.length > 0 ? await manager.findBy(Dataset, { id: In(ids) }) : [];
    yield { rows, classNames: new Map(found.map(({ id, classNames }) => [id, classNames])) };
  }
}
