/** Evaluates one shard: a job in, stored outputs and totals out. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CheckpointService } from '../checkpoints/checkpoint.service';
import { isDatabaseAway } from '../database/database-away';
import { persistently } from '../database/persistently';
import type { DatasetService } from '../datasets/dataset.service';
import { AssayError, OperationalError } from '../errors';
import type { ShardEvaluator, ShardOutcome } from '../inference/shard-evaluator';
import type { ServiceMetrics, ShardOutcomeName } from '../telemetry/service-metrics';
import { NO_TRACING, type Tracing } from '../telemetry/tracing';
import type { Claim, EvaluationShardRepository } from './evaluation-shard.repository';
import { LOST, STOPPING } from './interruption';
import { RecentCheckpoint } from './recent-checkpoint';
import type { RunSettler } from './run-settler';

/** The database hears of progress at most this often; those who watch look as often. */
const PROGRESS_INTERVAL_MS = 500;

export interface ShardExecutorOptions {
  shards: EvaluationShardRepository;
  checkpoints: CheckpointService;
  datasets: DatasetService;
  evaluator: ShardEvaluator;
  settler: Pick<RunSettler, 'settle'>;
  log: Logger;
  telemetry?: ServiceMetrics;
  tracing?: Tracing;
}

interface Ending {
  outcome: ShardOutcomeName;
  /** Of a shard that has succeeded. */
  found?: ShardOutcome;
  /** Of one that has failed. */
  code?: string;
  isOfSurroundings?: boolean;
}

/** A shard in this worker's hands. */
interface Work {
  claim: Claim;
  /** Its reason says what becomes of the shard: LOST or STOPPING. */
  held: AbortController;
  log: Logger;
  /** Told when the outputs are there and only have to be stored. */
  onComputed: () => void;
}

export class ShardExecutor {
  private readonly tracing: Tracing;
  private readonly recent: RecentCheckpoint;

  constructor(private readonly options: ShardExecutorOptions) {
    this.recent = new RecentCheckpoint(options.checkpoints);
    this.tracing = options.tracing ?? NO_TRACING;
  }

  /**
   * Brings a shard that has been started to an end, or back into the queue.
   *
   * @param held its reason says what becomes of the shard: LOST or STOPPING
   * @param onComputed told when the outputs are there and only have to be stored
   * @returns false where it failed by this worker's surroundings: others may do better
   */
  async execute(claim: Claim, held: AbortController, onComputed: () => void): Promise<boolean> {
    const { run, shard } = claim;
    const ids = { runId: run.id, shard: shard.shard, attempt: shard.attempt };
    const log = this.options.log.child(ids);
    const attributes = {
      'assay.run.id': run.id,
      'assay.shard.index': shard.shard,
      'assay.shard.attempt': shard.attempt,
      'assay.engine': run.engine,
      'assay.samples': shard.sampleCount,
    };
    return this.tracing.span(
      { name: 'evaluate shard', kind: 'consumer', parent: run.traceparent, attributes },
      async (span) => {
        const startedAt = performance.now();
        log.info('a shard was started');
        const ending = await this.tryToExecute({ claim, held, log, onComputed });
        const { outcome, code } = ending;
        const ms = performance.now() - startedAt;
        span.set({ 'assay.shard.outcome': outcome });
        if (code !== undefined) span.fail(code);
        log.info({ outcome, code, ms: Math.round(ms) }, 'a shard has ended');
        this.measure(claim, ending, ms);
        return ending.isOfSurroundings !== true;
      },
    );
  }

  private measure({ run }: Claim, { outcome, found }: Ending, ms: number): void {
    this.options.telemetry?.shardEnded({
      engine: run.engine,
      outcome,
      seconds: ms / 1000,
      ...(found && {
        images: found.totals.sampleCount,
        inferenceSeconds: found.timings.inferenceMs / 1000,
      }),
    });
  }

  private async tryToExecute(work: Work): Promise<Ending> {
    const { claim, held } = work;
    const { signal } = held;
    const { shards } = this.options;
    try {
      const found = await this.evaluate(work);
      work.onComputed();
      const stored = await this.tracing.span({ name: 'store shard' }, () =>
        persistently(() => shards.markSucceeded(claim, found), signal),
      );
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
      const code = await this.fail(work, error);
      return { outcome: 'failed', code, isOfSurroundings: error instanceof OperationalError };
    }
  }

  private async evaluate(work: Work): Promise<ShardOutcome> {
    const { run, shard } = work.claim;
    const { signal } = work.held;
    const { checkpoint, files, split } = await this.tracing.span({ name: 'load shard' }, () =>
      this.load(work),
    );
    return this.tracing.span({ name: 'compute shard' }, async (span) => {
      const outcome = await this.options.evaluator.evaluate({
        engine: run.engine,
        checkpoint: files,
        preprocessing: checkpoint.preprocessing,
        split,
        firstSample: shard.firstSample,
        sampleCount: shard.sampleCount,
        batchSize: run.batchSize,
        onProgress: this.progressOf(work),
        signal,
      });
      signal.throwIfAborted();
      const { backend, timings } = outcome;
      span.set({
        'assay.backend': backend.name,
        'assay.load_ms': timings.loadMs,
        'assay.inference_ms': timings.inferenceMs,
      });
      return outcome;
    });
  }

  private async load({ claim: { run }, held: { signal } }: Work) {
    const { checkpoints, datasets } = this.options;
    const [checkpoint, dataset] = await persistently(
      async () =>
        Promise.all([checkpoints.get(run.checkpointId), datasets.get(run.datasetId)] as const),
      signal,
    );
    // They may come from another machine. One that nobody waits for any more is fetched to its end: the next
    // shard needs it too.
    const [files, split] = await unlessAborted(
      Promise.all([this.recent.files(checkpoint), datasets.load(dataset, run.split)] as const),
      signal,
    );
    return { checkpoint, files, split };
  }

  private progressOf({ claim, held, log }: Work): (samplesDone: number) => void {
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
          log.debug({ err: error }, 'progress was not stored');
        },
      );
    };
  }

  /**
   * Who can mend it decides: the surroundings may be well again later, an input or a bug stays as it is.
   *
   * @returns the code under which it failed
   */
  private async fail({ claim, held: { signal }, log }: Work, error: unknown): Promise<string> {
    const { shards } = this.options;
    if (error instanceof OperationalError || isDatabaseAway(error)) {
      const failure =
        error instanceof OperationalError
          ? { code: error.code, message: error.message }
          : { code: 'DATABASE_UNREACHABLE', message: 'the database was away' };
      log.warn({ err: error }, 'a shard will be tried again');
      await persistently(() => shards.failShard(claim, failure), signal);
      return failure.code;
    }
    if (error instanceof AssayError) {
      const { code, message } = error;
      await persistently(() => shards.failRun(claim, { code, message }), signal);
      return code;
    }
    const errorId = randomUUID();
    log.error({ err: error, errorId }, 'a run failed by a bug');
    const failure = { code: 'INTERNAL_SERVER_ERROR', message: `internal error ${errorId}` };
    await persistently(() => shards.failRun(claim, failure), signal);
    return failure.code;
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
