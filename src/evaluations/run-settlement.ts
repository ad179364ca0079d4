/** Ends a run whose shards have all ended: with a result, or with the reasons of those that failed. */
import type { EntityManager } from 'typeorm';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { Dataset } from '../datasets/dataset.entity';
import { splitOf } from '../datasets/dataset.service';
import { report } from '../metrics/report';
import { type EvaluationTotals, mergeTotals } from '../metrics/totals';
import { EvaluationResult } from './evaluation-result.entity';
import { EvaluationRun, RunState } from './evaluation-run.entity';
import { EvaluationShard, ShardState } from './evaluation-shard.entity';
import { failureOfShards } from './shard-failures';

/**
 * Does nothing while a shard is open.
 *
 * @param manager in a transaction that holds the run's lock
 * @throws UserError LOSS_OVERFLOW as `mergeTotals` does
 */
export async function settleRun(manager: EntityManager, runId: string): Promise<void> {
  const [open] = await manager.query<unknown[]>(
    `SELECT 1 FROM evaluation_shard WHERE run_id = $1 AND state IN ('QUEUED', 'RUNNING') LIMIT 1`,
    [runId],
  );
  if (open) return;
  const shards = await manager.find(EvaluationShard, {
    where: { runId },
    order: { shard: 'ASC' },
  });
  const failed = shards.filter(({ state }) => state === ShardState.FAILED);
  if (failed.length > 0) {
    const { code, message } = failureOfShards(failed);
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
    return;
  }
  await manager.insert(EvaluationResult, await resultRow(manager, runId, shards));
  await manager.update(
    EvaluationRun,
    { id: runId },
    { state: RunState.SUCCEEDED, finishedAt: () => 'now()' },
  );
}

async function resultRow(manager: EntityManager, runId: string, shards: EvaluationShard[]) {
  const run = await manager.findOneByOrFail(EvaluationRun, { id: runId });
  const checkpoint = await manager.findOneByOrFail(Checkpoint, { id: run.checkpointId });
  const dataset = await manager.findOneByOrFail(Dataset, { id: run.datasetId });
  const [clock] = await manager.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  // In the order of the split, whichever ended first: the same shards give the same sum to the last bit.
  const totals = shards.map(totalsOf).reduce(mergeTotals);
  const found = report(totals);
  return {
    runId,
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
    lossSum: totals.lossSum,
    confusionMatrix: totals.confusionMatrix,
    loadMs: sumOf(shards, ({ loadMs }) => loadMs),
    inferenceMs: sumOf(shards, ({ inferenceMs }) => inferenceMs),
    totalMs: Math.max(0, Number(clock?.now) - Number(run.startedAt)),
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
