/** Evaluates one accepted run: checkpoint and split in, stored result out. */
import type { Logger } from 'pino';
import { randomUUID } from 'node:crypto';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { CheckpointService } from '../checkpoints/checkpoint.service';
import type { DatasetService } from '../datasets/dataset.service';
import { AssayError } from '../errors';
import type { ShardEvaluator, ShardOutcome } from '../inference/shard-evaluator';
import { type EvaluationTotals, mergeTotals } from '../metrics/totals';
import { report } from '../metrics/report';
import type { EvaluationRun } from './evaluation-run.entity';
import type { EvaluationRunRepository, Failure } from './evaluation-run.repository';
import { CANCELLED, STOPPING } from './interruption';
import type { RunEvents } from './run-events';

/** The database hears of progress at most this often; listeners in the process after each batch. */
const PROGRESS_INTERVAL_MS = 250;

export interface RunExecutorOptions {
  runs: EvaluationRunRepository;
  checkpoints: CheckpointService;
  datasets: DatasetService;
  evaluator: ShardEvaluator;
  events: RunEvents;
  log: Logger;
  /** Samples of one stored block of predictions. */
  shardSize: number;
}

export class RunExecutor {
  constructor(private readonly options: RunExecutorOptions) {}

  /** The queue's handler: brings the run into an end state, or hands it back when the process stops. */
  readonly handle = async (runId: string, signal: AbortSignal): Promise<void> => {
    const { runs, events } = this.options;
    const run = await runs.markRunning(runId);
    if (!run) return;
    events.changed(runId);
    try {
      await this.evaluate(run, signal);
    } catch (error) {
      if (error === STOPPING) await runs.handBack(run);
      else if (error !== CANCELLED) await runs.markFailed(run, this.failureOf(error, run));
    } finally {
      events.changed(runId);
    }
  };

  private async evaluate(run: EvaluationRun, stopped: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopped, lost.signal]);
    const startedAt = performance.now();
    const { checkpoints, datasets, runs } = this.options;
    const checkpoint = await checkpoints.get(run.checkpointId);
    const dataset = await datasets.get(run.datasetId);
    const [files, split] = await Promise.all([
      checkpoints.files(checkpoint),
      datasets.load(dataset, run.split),
    ]);
    const progress = this.progressOf(run, () => {
      lost.abort(CANCELLED);
    });
    const blocks: Block[] = [];
    for (let first = 0; first < split.sampleCount; first += this.options.shardSize) {
      const outcome = await this.options.evaluator.evaluate({
        engine: run.engine,
        checkpoint: files,
        split,
        firstSample: first,
        sampleCount: Math.min(this.options.shardSize, split.sampleCount - first),
        batchSize: run.batchSize,
        onProgress: (done) => {
          progress(first + done);
        },
        signal,
      });
      blocks.push({ first, outcome });
    }
    signal.throwIfAborted();
    const totals = blocks.map(({ outcome }) => outcome.totals).reduce(mergeTotals);
    await runs.markSucceeded(
      run,
      blocks.map((block, shard) => blockRow(run, block, shard)),
      resultRow(run, checkpoint, split.digest, blocks, totals, startedAt),
    );
  }

  /** @param onLost told where the run is not this attempt's any more: another process has cancelled it */
  private progressOf(run: EvaluationRun, onLost: () => void): (samplesDone: number) => void {
    let written = performance.now();
    return (samplesDone) => {
      this.options.events.progress(run.id, samplesDone);
      if (performance.now() - written < PROGRESS_INTERVAL_MS) return;
      written = performance.now();
      // Progress is a courtesy: a database that is away shows itself when the result is written.
      this.options.runs.markProgress(run, samplesDone).then(
        (stored) => {
          if (!stored) onLost();
        },
        (error: unknown) => {
          this.options.log.warn({ err: error, runId: run.id }, 'progress was not stored');
        },
      );
    };
  }

  private failureOf(error: unknown, run: EvaluationRun): Failure {
    if (error instanceof AssayError) return { code: error.code, message: error.message };
    const errorId = randomUUID();
    this.options.log.error({ err: error, errorId, runId: run.id }, 'a run failed by a bug');
    return { code: 'INTERNAL_SERVER_ERROR', message: `internal error ${errorId}` };
  }
}

interface Block {
  first: number;
  outcome: ShardOutcome;
}

function blockRow(run: EvaluationRun, { first, outcome }: Block, shard: number) {
  const { logits, totals } = outcome;
  return {
    runId: run.id,
    shard,
    firstSample: first,
    sampleCount: totals.sampleCount,
    classCount: totals.classCount,
    // Every platform that runs Node is little-endian, as the column wants it.
    logits: Buffer.from(logits.buffer, logits.byteOffset, logits.byteLength),
    lossSum: totals.lossSum,
  };
}

function resultRow(
  run: EvaluationRun,
  checkpoint: Checkpoint,
  dataDigest: string,
  blocks: Block[],
  totals: EvaluationTotals,
  startedAt: number,
) {
  const found = report(totals);
  const sum = (pick: (outcome: ShardOutcome) => number) =>
    blocks.reduce((total, { outcome }) => total + pick(outcome), 0);
  const backend = blocks[0]?.outcome.backend;
  return {
    runId: run.id,
    checkpointId: checkpoint.id,
    datasetId: run.datasetId,
    checkpointDigest: checkpoint.digest,
    dataDigest,
    split: run.split,
    engine: run.engine,
    backend: backend?.name ?? '',
    backendVersion: backend?.version ?? '',
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
    loadMs: sum(({ timings }) => timings.loadMs),
    inferenceMs: sum(({ timings }) => timings.inferenceMs),
    totalMs: performance.now() - startedAt,
  };
}
