/** Evaluates one shard: a job in, stored outputs and totals out. */
import type { Logger } from 'pino';
import { randomUUID } from 'node:crypto';
import type { CheckpointService } from '../checkpoints/checkpoint.service';
import { isDatabaseAway } from '../database/database-away';
import { persistently } from '../database/persistently';
import type { DatasetService } from '../datasets/dataset.service';
import { AssayError, OperationalError } from '../errors';
import type { ShardEvaluator, ShardOutcome } from '../inference/shard-evaluator';
import type { ServiceMetrics, ShardOutcomeName } from '../telemetry/service-metrics';
import type { Claim, EvaluationShardRepository } from './evaluation-shard.repository';
import { LOST, STOPPING } from './interruption';
import type { RunSettler } from './run-settler';

/** The database hears of progress at most this often, and through it all who watch. */
const PROGRESS_INTERVAL_MS = 200;

export interface ShardExecutorOptions {
  shards: EvaluationShardRepository;
  checkpoints: CheckpointService;
  datasets: DatasetService;
  evaluator: ShardEvaluator;
  settler: Pick<RunSettler, 'settle'>;
  log: Logger;
  telemetry?: ServiceMetrics;
}

export class ShardExecutor {
  constructor(private readonly options: ShardExecutorOptions) {}

  /**
   * Brings a shard that has been started to an end, or back into the queue.
   *
   * @param held its reason says what becomes of the shard: LOST or STOPPING
   * @returns false where it failed by this worker's surroundings: others may do better
   */
  async execute(claim: Claim, held: AbortController): Promise<boolean> {
    const startedAt = performance.now();
    const { outcome, found, isOfSurroundings } = await this.tryToExecute(claim, held);
    this.options.telemetry?.shardEnded({
      engine: claim.run.engine,
      outcome,
      seconds: (performance.now() - startedAt) / 1000,
      ...(found && {
        images: found.totals.sampleCount,
        inferenceSeconds: found.timings.inferenceMs / 1000,
      }),
    });
    return isOfSurroundings !== true;
  }

  private async tryToExecute(
    claim: Claim,
    held: AbortController,
  ): Promise<{ outcome: ShardOutcomeName; found?: ShardOutcome; isOfSurroundings?: boolean }> {
    const { signal } = held;
    const { shards } = this.options;
    try {
      const found = await this.evaluate(claim, held);
      const stored = await persistently(() => shards.markSucceeded(claim, found), signal);
      if (!stored) return { outcome: 'lost' };
      // Not waited for: the engine can go on with the next shard.
      void this.options.settler.settle(claim.run.id);
      return { outcome: 'succeeded', found };
    } catch (error) {
      if (signal.reason === LOST) return { outcome: 'lost' };
      if (signal.reason === STOPPING) {
        await shards.handBack(claim);
        return { outcome: 'handed_back' };
      }
      await this.fail(claim, error, signal);
      return { outcome: 'failed', isOfSurroundings: error instanceof OperationalError };
    }
  }

  private async evaluate(claim: Claim, held: AbortController): Promise<ShardOutcome> {
    const { checkpoints, datasets, evaluator } = this.options;
    const { run, shard } = claim;
    const { signal } = held;
    const [checkpoint, dataset] = await persistently(
      async () =>
        Promise.all([checkpoints.get(run.checkpointId), datasets.get(run.datasetId)] as const),
      signal,
    );
    // They may come from another machine. One that nobody waits for any more is fetched to its end: the next
    // shard needs it too.
    const [files, split] = await unlessAborted(
      Promise.all([checkpoints.files(checkpoint), datasets.load(dataset, run.split)] as const),
      signal,
    );
    const outcome = await evaluator.evaluate({
      engine: run.engine,
      checkpoint: files,
      preprocessing: checkpoint.preprocessing,
      split,
      firstSample: shard.firstSample,
      sampleCount: shard.sampleCount,
      batchSize: run.batchSize,
      onProgress: this.progressOf(claim, held),
      signal,
    });
    signal.throwIfAborted();
    return outcome;
  }

  private progressOf(claim: Claim, held: AbortController): (samplesDone: number) => void {
    let written = performance.now();
    return (samplesDone) => {
      if (performance.now() - written < PROGRESS_INTERVAL_MS) return;
      written = performance.now();
      // Progress is a courtesy: a database that is away shows itself when the result is written.
      this.options.shards.markProgress(claim, samplesDone).then(
        (mine) => {
          if (!mine) held.abort(LOST);
        },
        (error: unknown) => {
          this.options.log.debug({ err: error, runId: claim.run.id }, 'progress was not stored');
        },
      );
    };
  }

  /** Who can mend it decides: the surroundings may be well again later, an input or a bug stays as it is. */
  private async fail(claim: Claim, error: unknown, signal: AbortSignal): Promise<void> {
    const { shards, log } = this.options;
    const { run, shard } = claim;
    if (error instanceof OperationalError || isDatabaseAway(error)) {
      const failure =
        error instanceof OperationalError
          ? { code: error.code, message: error.message }
          : { code: 'DATABASE_UNREACHABLE', message: 'the database was away' };
      log.warn({ err: error, runId: run.id, shard: shard.shard }, 'a shard will be tried again');
      await persistently(() => shards.failShard(claim, failure), signal);
      return;
    }
    if (error instanceof AssayError) {
      const { code, message } = error;
      await persistently(() => shards.failRun(claim, { code, message }), signal);
      return;
    }
    const errorId = randomUUID();
    log.error({ err: error, errorId, runId: run.id, shard: shard.shard }, 'a run failed by a bug');
    const failure = { code: 'INTERNAL_SERVER_ERROR', message: `internal error ${errorId}` };
    await persistently(() => shards.failRun(claim, failure), signal);
  }
}

/** @throws the signal's reason as soon as it is aborted */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
