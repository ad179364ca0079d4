/** Batches look-ups by id within one request, so that a list costs a fixed number of SQL statements. */
import DataLoader from 'dataloader';
import { type DataSource, In } from 'typeorm';
import {
  type CheckpointContext,
  type CheckpointLoaders,
  createCheckpointLoaders,
} from '../checkpoints/checkpoint-loaders';
import {
  type FirstOfCheckpoint,
  firstOfCheckpointKey,
  newestOfCheckpoints,
} from '../checkpoints/newest-of-checkpoints';
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
  checkpointResults: DataLoader<FirstOfCheckpoint, EvaluationResult[], string>;
  /** The id of the newest run that succeeded, else of the newest. */
  runOnSplit: DataLoader<RunOnSplit, string | null>;
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
    checkpointResults: new DataLoader(
      (keys) =>
        newestOfCheckpoints(
          manager,
          EvaluationResult,
          { id: 'runId', checkpointId: 'checkpointId' },
          keys,
        ),
      { ...fresh, cacheKeyFn: firstOfCheckpointKey },
    ),
  };
}

/** Foreign keys hold, so a missing row is a bug. */
function inOrder<T extends { id: string }>(keys: readonly string[], rows: T[]): (T | Error)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return keys.map((id) => byId.get(id) ?? new Error(`row ${id} is gone`));
}
