/** Batches look-ups by id within one request, so that a list costs a fixed number of SQL statements. */
import DataLoader from 'dataloader';
import { type DataSource, type EntityManager, In } from 'typeorm';
import {
  type CheckpointContext,
  type CheckpointLoaders,
  createCheckpointLoaders,
} from '../checkpoints/checkpoint-loaders';
import { Dataset } from '../datasets/dataset.entity';
import { EvaluationResult } from './evaluation-result.entity';
import { EvaluationRun } from './evaluation-run.entity';
import { type RunOnSplit, runsOnSplits } from './robustness/robustness-runs';

export interface EvaluationLoaders extends CheckpointLoaders {
  dataset: DataLoader<string, Dataset>;
  run: DataLoader<string, EvaluationRun>;
  /** By the run's id; null for a run without a result. */
  result: DataLoader<string, EvaluationResult | null>;
  /** The newest ones of a checkpoint. */
  checkpointResults: DataLoader<ResultsOfCheckpoint, EvaluationResult[], string>;
  /** The id of the newest run that succeeded, else of the newest. */
  runOnSplit: DataLoader<RunOnSplit, string | null>;
}

export interface ResultsOfCheckpoint {
  checkpointId: string;
  first: number;
}

/** What every request's context carries for this room's resolvers. */
export interface EvaluationContext extends CheckpointContext {
  loaders: EvaluationLoaders;
  watchRun(id: string): AsyncIterable<EvaluationRun>;
}

/** A subscription keeps its loaders while runs go on and results appear: these are batched, not kept. */
const fresh = { cache: false };

export function createLoaders(dataSource: DataSource): EvaluationLoaders {
  const { manager } = dataSource;
  const ids = (keys: readonly string[]) => In([...keys]);
  return {
    ...createCheckpointLoaders(dataSource),
    dataset: new DataLoader(async (keys) =>
      inOrder(keys, await manager.findBy(Dataset, { id: ids(keys) })),
    ),
    run: new DataLoader(
      async (keys) => inOrder(keys, await manager.findBy(EvaluationRun, { id: ids(keys) })),
      fresh,
    ),
    result: new DataLoader(async (keys) => {
      const found = await manager.findBy(EvaluationResult, { runId: ids(keys) });
      const byRun = new Map(found.map((result) => [result.runId, result]));
      return keys.map((key) => byRun.get(key) ?? null);
    }, fresh),
    runOnSplit: runsOnSplits(manager),
    checkpointResults: new DataLoader((keys) => newestResults(manager, keys), {
      ...fresh,
      cacheKeyFn: ({ checkpointId, first }) => `${checkpointId} ${first}`,
    }),
  };
}

/** One statement whatever the number of checkpoints, and no more rows than are asked for. */
async function newestResults(
  manager: EntityManager,
  keys: readonly ResultsOfCheckpoint[],
): Promise<EvaluationResult[][]> {
  const found = await manager
    .createQueryBuilder(EvaluationResult, 'result')
    .where(
      `result.runId IN (
         SELECT newest.run_id FROM unnest(CAST(:ids AS uuid[]), CAST(:sizes AS integer[])) AS wanted(id, size)
          CROSS JOIN LATERAL (SELECT r.run_id FROM evaluation_result r WHERE r.checkpoint_id = wanted.id
                               ORDER BY r.created_at DESC, r.run_id DESC LIMIT wanted.size) newest)`,
      {
        ids: keys.map(({ checkpointId }) => checkpointId),
        sizes: keys.map(({ first }) => first),
      },
    )
    .orderBy('result.createdAt', 'DESC')
    .addOrderBy('result.runId', 'DESC')
    .getMany();
  return keys.map(({ checkpointId, first }) =>
    found.filter((result) => result.checkpointId === checkpointId).slice(0, first),
  );
}

/** Foreign keys hold, so a missing row is a bug. */
function inOrder<T extends { id: string }>(keys: readonly string[], rows: T[]): (T | Error)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return keys.map((id) => byId.get(id) ?? new Error(`row ${id} is gone`));
}
