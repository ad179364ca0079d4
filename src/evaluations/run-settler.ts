/**
 * Computes the result of a run whose shards have all succeeded, and ends the run with it. One worker at a time
 * does it for a run; where that worker dies, the sweep of another one begins anew.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseAway } from '../database/database-away';
import { persistently } from '../database/persistently';
import { type DatasetService, splitOf } from '../datasets/dataset.service';
import { AssayError, OperationalError } from '../errors';
import { marginsOf, rightCount } from '../metrics/margins';
import { NO_TRACING, type Tracing } from '../telemetry/tracing';
import { announceRun, changed, isOpen, lockingTransaction, lockRun } from './run-lock';
import { loadParts, markRunFailed, type SettledParts, storeResult } from './run-settlement';
import type { MetricsThread } from './scores/metrics-thread';
import { fitsInMemory } from './scores/readable-predictions';
import { loadRunPredictions } from './scores/run-predictions';
import type { RunScores } from './scores/run-scores';
import type { Failure } from './shard-failures';
import { SILENT_AFTER_SECONDS } from './worker-registry';

/** As for a shard: then the surroundings do not mend, or it is what kills its process. */
const MAX_ATTEMPTS = 4;
/** Doubled after each attempt that failed. */
const FIRST_REST_MS = 2_000;

const CLAIM = `
  UPDATE evaluation_run r SET settling_attempt = settling_attempt + 1, settling_worker_id = $2
   WHERE id = $1 AND state IN ('QUEUED', 'RUNNING')
     AND NOT EXISTS (SELECT 1 FROM evaluation_shard s WHERE s.run_id = r.id AND s.state <> 'SUCCEEDED')
     AND (settling_worker_id IS NULL OR settling_worker_id = $2 OR NOT EXISTS (
           SELECT 1 FROM worker w WHERE w.id = r.settling_worker_id
              AND w.heartbeat_at > now() - interval '${SILENT_AFTER_SECONDS} s'))
  RETURNING settling_attempt`;

export interface RunSettlerOptions {
  dataSource: DataSource;
  datasets: Pick<DatasetService, 'loadLabels'>;
  metrics: MetricsThread;
  workerId: string;
  log: Logger;
  tracing?: Tracing;
}

export class RunSettler {
  /** By run: those in work and in line, one after the other. */
  private readonly pending = new Map<string, Promise<void>>();
  private readonly restingUntil = new Map<string, number>();
  private readonly stopping = new AbortController();
  private line: Promise<void> = Promise.resolve();

  private readonly tracing: Tracing;

  constructor(private readonly options: RunSettlerOptions) {
    this.tracing = options.tracing ?? NO_TRACING;
  }

  /** Does nothing while a shard is open, or while another worker does it. Never rejects. */
  settle(runId: string): Promise<void> {
    const known = this.pending.get(runId);
    if (known) return known;
    const turn = this.line
      .then(() => this.attempt(runId))
      .finally(() => this.pending.delete(runId));
    this.pending.set(runId, turn);
    this.line = turn;
    return turn;
  }

  /**
   * What is in work or in line may end within the limit; the sweep of another process, or of the next start, goes
   * on with the rest.
   */
  async stop(drainMs: number): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      this.line,
      sleep(drainMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    this.stopping.abort();
    await this.line;
  }

  private async attempt(runId: string): Promise<void> {
    const log = this.options.log.child({ runId });
    const { signal } = this.stopping;
    if (signal.aborted || Date.now() < (this.restingUntil.get(runId) ?? 0)) return;
    this.restingUntil.delete(runId);
    let attempt: number | undefined;
    try {
      attempt = await persistently(() => this.claim(runId), signal);
      if (attempt === undefined) return;
      if (attempt > MAX_ATTEMPTS) await this.end(runId, interrupted());
      else await this.compute(runId, log.child({ attempt }));
    } catch (error) {
      if (attempt === undefined) {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'a result was left open');
      } else {
        await this.fail(runId, attempt, error).catch((second: unknown) => {
          log.warn({ err: second, attempt }, 'a result was left open');
        });
      }
    }
  }

  private async claim(runId: string): Promise<number | undefined> {
    const { dataSource, workerId } = this.options;
    const rows = await changed<{ settling_attempt: number }>(dataSource.manager, CLAIM, [
      runId,
      workerId,
    ]);
    return rows[0]?.settling_attempt;
  }

  private async compute(runId: string, log: Logger): Promise<void> {
    const startedAt = performance.now();
    const { signal } = this.stopping;
    const { manager } = this.options.dataSource;
    const parts = await persistently(() => loadParts(manager, runId), signal);
    const attributes = { 'assay.run.id': runId, 'assay.samples': parts.totals.sampleCount };
    const ended = await this.tracing.span(
      { name: 'settle run', kind: 'consumer', parent: parts.run.traceparent, attributes },
      async () => {
        const scores = await this.tracing.span({ name: 'compute result' }, () =>
          persistently(() => this.scores(manager, parts), signal),
        );
        return this.tracing.span({ name: 'store result' }, () =>
          persistently(
            () => this.whileOpen(runId, (inside) => storeResult(inside, parts, scores)),
            signal,
          ),
        );
      },
    );
    const ms = Math.round(performance.now() - startedAt);
    if (ended) log.info({ ms }, 'a run has its result');
  }

  private async scores(
    manager: EntityManager,
    { run, dataset, totals }: SettledParts,
  ): Promise<RunScores | undefined> {
    if (!fitsInMemory(totals.sampleCount, totals.classCount)) return undefined;
    const predictions = await loadRunPredictions(manager, this.options.datasets, {
      runId: run.id,
      dataset,
      split: run.split,
      dataDigest: splitOf(dataset, run.split).digest,
    });
    const scores = await this.options.metrics.run('scores', predictions, this.stopping.signal);
    const counted = rightCount(marginsOf(totals.confusionMatrix));
    if (scores.rightCount !== counted) {
      throw new Error(`${scores.rightCount} samples are right, and the shards counted ${counted}`);
    }
    return scores;
  }

  /** Who can mend it decides, as for a shard. */
  private async fail(runId: string, attempt: number, error: unknown): Promise<void> {
    const log = this.options.log.child({ runId, attempt });
    if (this.stopping.signal.aborted) {
      // Stopped by us, not by the run: it does not count against it.
      await this.release(runId, 1);
      return;
    }
    const mayPass = error instanceof OperationalError || isDatabaseAway(error);
    if (mayPass && attempt < MAX_ATTEMPTS) {
      log.warn({ err: error }, 'a result will be computed again');
      this.restingUntil.set(runId, Date.now() + FIRST_REST_MS * 2 ** (attempt - 1));
      await this.release(runId, 0);
      return;
    }
    if (error instanceof AssayError) {
      await this.end(runId, { code: error.code, message: error.message });
      return;
    }
    const errorId = randomUUID();
    log.error({ err: error, errorId }, 'a run failed by a bug');
    await this.end(runId, {
      code: 'INTERNAL_SERVER_ERROR',
      message: `internal error ${errorId}`,
    });
  }

  private async release(runId: string, uncounted: number): Promise<void> {
    const { dataSource, workerId } = this.options;
    await dataSource.query(
      `UPDATE evaluation_run SET settling_worker_id = NULL, settling_attempt = settling_attempt - $3
        WHERE id = $1 AND settling_worker_id = $2`,
      [runId, workerId, uncounted],
    );
  }

  private async end(runId: string, failure: Failure): Promise<void> {
    await persistently(
      () => this.whileOpen(runId, (manager) => markRunFailed(manager, runId, failure)),
      this.stopping.signal,
    );
  }

  /** A run that was cancelled meanwhile, or ended by another worker, stays as it is. @returns whether it was open */
  private whileOpen(
    runId: string,
    work: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return lockingTransaction(this.options.dataSource, async (manager) => {
      if (!isOpen(await lockRun(manager, runId))) return false;
      await work(manager);
      await announceRun(manager, runId);
      return true;
    });
  }
}

function interrupted(): Failure {
  return {
    code: 'RUN_INTERRUPTED',
    message:
      `the process ended while the result was computed, ${MAX_ATTEMPTS} times; look into its log and memory, ` +
      'then compute it again with "retryEvaluation"',
  };
}
