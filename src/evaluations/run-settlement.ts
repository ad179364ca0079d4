/** How a run ends whose shards have all ended: with a result, or with the reasons of those that failed. */
import type { EntityManager } from 'typeorm';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { Dataset } from '../datasets/dataset.entity';
import { splitOf } from '../datasets/dataset.service';
import { report } from '../metrics/report';
import { type EvaluationTotals, mergeTotals } from '../metrics/totals';
import { EvaluationResult } from './evaluation-result.entity';
import { EvaluationRun, RunState } from './evaluation-run.entity';
import { EvaluationShard, ShardState } from './evaluation-shard.entity';
import type { RunScores } from './scores/run-scores';
import { intervalsOf } from './scores/stored-intervals';
import { type Failure, failureOfShards } from './shard-failures';

/**
 * FAILED with the reasons of its shards, once none is open and one has failed. A run whose shards have all
 * succeeded goes on: `RunSettler` ends it.
 *
 * @param manager in a transaction that holds the run's lock
 * @returns whether it has ended by that
 */
export async function endFailedRun(manager: EntityManager, runId: string): Promise<boolean> {
  const [open] = await manager.query<unknown[]>(
    `SELECT 1 FROM evaluation_shard WHERE run_id = $1 AND state IN ('QUEUED', 'RUNNING') LIMIT 1`,
    [runId],
  );
  if (open) return false;
  const failed = await manager.find(EvaluationShard, {
    where: { runId, state: ShardState.FAILED },
    order: { shard: 'ASC' },
  });
  if (failed.length === 0) return false;
  await markRunFailed(manager, runId, failureOfShards(failed));
  return true;
}

/** @param manager in a transaction that holds the run's lock */
export async function markRunFailed(
  manager: EntityManager,
  runId: string,
  { code, message }: Failure,
): Promise<void> {
  await manager.update(
    EvaluationRun,
    { id: runId },
    {
      state: RunState.FAILED,
      failureCode: code,
      failureMessage: message,
      finishedAt: () => 'now()',
    },
  );
}

/** All that a result derives from but the raw outputs. */
export interface SettledParts {
  run: EvaluationRun;
  checkpoint: Checkpoint;
  dataset: Dataset;
  /** In the order of the split; all have succeeded. */
  shards: EvaluationShard[];
  totals: EvaluationTotals;
}

/** @throws UserError LOSS_OVERFLOW as `mergeTotals` does */
export async function loadParts(manager: EntityManager, runId: string): Promise<SettledParts> {
  const run = await manager.findOneByOrFail(EvaluationRun, { id: runId });
  const shards = await manager.find(EvaluationShard, {
    where: { runId },
    order: { shard: 'ASC' },
  });
  return {
    run,
    shards,
    checkpoint: await manager.findOneByOrFail(Checkpoint, { id: run.checkpointId }),
    dataset: await manager.findOneByOrFail(Dataset, { id: run.datasetId }),
    // In the order of the split, whichever ended first: the same shards give the same sum to the last bit.
    totals: shards.map(totalsOf).reduce(mergeTotals),
  };
}

/**
 * @param scores undefined for a run too large for them
 * @param manager in a transaction that holds the run's lock, with the run still open
 */
export async function storeResult(
  manager: EntityManager,
  parts: SettledParts,
  scores: RunScores | undefined,
): Promise<void> {
  const [clock] = await manager.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  await manager.insert(EvaluationResult, {
    ...rowOf(parts),
    ...scores?.columns,
    intervals: intervalsOf({ ...parts.totals, ...scores?.columns }, scores?.bootstrap ?? null),
    totalMs: Math.max(0, Number(clock?.now) - Number(parts.run.startedAt)),
  });
  await manager.update(
    EvaluationRun,
    { id: parts.run.id },
    { state: RunState.SUCCEEDED, finishedAt: () => 'now()' },
  );
}

function rowOf({ run, checkpoint, dataset, shards, totals }: SettledParts) {
  const found = report(totals);
  return {
    runId: run.id,
    checkpointId: checkpoint.id,
    datasetId: dataset.id,
    checkpointDigest: checkpoint.digest,
    preprocessing: checkpoint.preprocessing,
    dataDigest: splitOf(dataset, run.split).digest,
    split: run.split,
    engine: run.engine,
    backend: namesOf(shards, ({ backend }) => backend),
    backendVersion: namesOf(shards, ({ backendVersion }) => backendVersion),
    sampleCount: totals.sampleCount,
    classCount: totals.classCount,
    loss: found.loss,
    accuracy: found.accuracy,
    balancedAccuracy: found.balancedAccuracy,
    macroPrecision: found.macro.precision,
    macroRecall: found.macro.recall,
    macroF1: found.macro.f1,
    microF1: found.micro.f1,
    weightedPrecision: found.weighted.precision,
    weightedRecall: found.weighted.recall,
    weightedF1: found.weighted.f1,
    cohenKappa: found.cohenKappa,
    matthewsCorrcoef: found.matthewsCorrcoef,
    lossSum: totals.lossSum,
    confusionMatrix: totals.confusionMatrix,
    loadMs: sumOf(shards, ({ loadMs }) => loadMs),
    inferenceMs: sumOf(shards, ({ inferenceMs }) => inferenceMs),
  };
}

function totalsOf({ confusionMatrix, lossSum, sampleCount }: EvaluationShard): EvaluationTotals {
  if (confusionMatrix === null || lossSum === null) throw new TypeError('a shard has no totals');
  return { classCount: confusionMatrix.length, sampleCount, lossSum, confusionMatrix };
}

/** Workers may differ while a new version is rolled out: then the result says so. */
function namesOf(shards: EvaluationShard[], pick: (shard: EvaluationShard) => string | null) {
  return [...new Set(shards.map((shard) => pick(shard) ?? 'unknown'))]
    .sort()
    .join('+')
    .slice(0, 32);
}

function sumOf(shards: EvaluationShard[], pick: (shard: EvaluationShard) => number | null) {
  return shards.reduce((sum, shard) => sum + (pick(shard) ?? 0), 0);
}
