/** A shard in a worker's hands: each change asks for the attempt that makes it, so that a late one changes nothing. */
import type { DataSource, EntityManager } from 'typeorm';
import { sqlOf } from '../database/sql';
import type { ShardOutcome } from '../inference/shard-evaluator';
import { EvaluationRun, RunState } from './evaluation-run.entity';
import { EvaluationShard, ShardState } from './evaluation-shard.entity';
import { PredictionBlock } from './prediction-block.entity';
import { closeShards, requeueShards } from './open-shards';
import { announceRun, changed, isOpen, lockingTransaction, lockRun } from './run-lock';
import { RELAX_COMMIT } from '../database/sql';
import { endFailedRun } from './run-settlement';
import type { Failure } from './shard-failures';
import type { ShardJob, ShardQueue } from './shard-job';

/** A shard that this process has started. */
export interface Claim {
  job: ShardJob;
  run: EvaluationRun;
  shard: EvaluationShard;
}

/** A shard is tried this often: then it is what kills its worker, or its failure does not pass. */
export const MAX_ATTEMPTS = 4;

const MINE = `run_id = $1 AND shard = $2 AND attempt = $3 AND job_id = $4 AND state = 'RUNNING'`;

export class EvaluationShardRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: ShardQueue,
    readonly workerId: string,
  ) {}

  /** @returns undefined where the job is not the shard's any more: it is done, or its run has ended */
  async take(job: ShardJob): Promise<Claim | undefined> {
    const { runId, shard } = job.data;
    const taken = await lockingTransaction(this.dataSource, async (manager) => {
      const run = await lockRun(manager, runId);
      const started = isOpen(run)
        ? await changed<{ attempt: number }>(
            manager,
            `UPDATE evaluation_shard
                SET state = 'RUNNING', attempt = attempt + 1, worker_id = $4, samples_done = 0, started_at = now()
              WHERE run_id = $1 AND shard = $2 AND job_id = $3 AND state IN ('QUEUED', 'RUNNING')
              RETURNING attempt`,
            [runId, shard, job.id, this.workerId],
          )
        : [];
      const [row] = started;
      if (!row) {
        await this.queue.complete(job, sqlOf(manager));
        return false;
      }
      await manager.query(
        `UPDATE evaluation_run
            SET attempt = GREATEST(attempt + CASE state WHEN 'QUEUED' THEN 1 ELSE 0 END, $2),
                state = 'RUNNING', started_at = COALESCE(started_at, now())
          WHERE id = $1`,
        [runId, row.attempt],
      );
      await announceRun(manager, runId);
      return true;
    });
    if (!taken) return undefined;
    const { manager } = this.dataSource;
    return {
      job,
      run: await manager.findOneByOrFail(EvaluationRun, { id: runId }),
      shard: await manager.findOneByOrFail(EvaluationShard, { runId, shard }),
    };
  }

  /**
   * Not waited for until it is on the disk, and told to nobody: each NOTIFY wakes all processes that listen, so that
   * many workers would keep each other awake. Who watches a run looks at it twice a second.
   *
   * @returns whether the shard is still this attempt's
   */
  async markProgress(claim: Claim, samplesDone: number): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH mine AS (UPDATE evaluation_shard SET samples_done = $5 WHERE ${MINE} RETURNING 1)
       SELECT ${RELAX_COMMIT} FROM mine`,
      [...keyOf(claim), samplesDone],
    );
    return rows.length > 0;
  }

  /** The jobs of those claims that this process still holds by the database's word. */
  async stillMine(claims: readonly Claim[]): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ job_id: string; attempt: number }[]>(
      `SELECT job_id, attempt FROM evaluation_shard
        WHERE job_id = ANY($1::uuid[]) AND run_id = ANY($2::uuid[]) AND state = 'RUNNING'`,
      [claims.map(({ job }) => job.id), claims.map(({ run }) => run.id)],
    );
    const held = new Set(rows.map((row) => `${row.job_id} ${row.attempt}`));
    return new Set(
      claims
        .filter(({ job, shard }) => held.has(`${job.id} ${shard.attempt}`))
        .map(({ job }) => job.id),
    );
  }

  /** Writes block and totals in one transaction, or nothing. After the last shard `RunSettler` ends the run. */
  async markSucceeded(claim: Claim, outcome: ShardOutcome): Promise<boolean> {
    const { totals, backend, timings } = outcome;
    return this.change(
      claim,
      async (manager) => {
        const rows = await changed(
          manager,
          `UPDATE evaluation_shard
              SET state = 'SUCCEEDED', samples_done = sample_count, confusion_matrix = $5, loss_sum = $6,
                  backend = $7, backend_version = $8, load_ms = $9, inference_ms = $10,
                  failure_code = NULL, failure_message = NULL, finished_at = now()
            WHERE ${MINE} RETURNING 1`,
          [
            ...keyOf(claim),
            totals.confusionMatrix,
            totals.lossSum,
            backend.name,
            backend.version,
            timings.loadMs,
            timings.inferenceMs,
          ],
        );
        if (rows.length === 0) return false;
        await manager.increment(
          EvaluationRun,
          { id: claim.run.id },
          'samplesDone',
          totals.sampleCount,
        );
        await this.queue.complete(claim.job, sqlOf(manager));
        await endFailedRun(manager, claim.run.id);
        return true;
      },
      // Before the run is locked: other shards need not wait until these bytes are sent. A block that is
      // there already is another attempt's, whose shard is not RUNNING any more.
      (manager) =>
        manager
          .createQueryBuilder()
          .insert()
          .into(PredictionBlock)
          .values(blockRow(claim, outcome))
          .orIgnore()
          .execute(),
    );
  }

  /** What can't pass ends the run at once, and its other shards with it. */
  async failRun(claim: Claim, failure: Failure): Promise<boolean> {
    return this.change(claim, async (manager) => {
      if (!(await markShardFailed(manager, claim, failure))) return false;
      const { run } = claim;
      await closeShards(manager, this.queue, run, {
        code: 'RUN_FAILED',
        message: `the run ended with shard ${claim.shard.shard}: ${failure.code}`,
      });
      await this.queue.complete(claim.job, sqlOf(manager));
      await manager.update(
        EvaluationRun,
        { id: run.id },
        {
          state: RunState.FAILED,
          failureCode: failure.code,
          failureMessage: failure.message,
          finishedAt: () => 'now()',
        },
      );
      return true;
    });
  }

  /** What may pass is tried again after a while; a shard that was tried too often stays FAILED. */
  async failShard(claim: Claim, failure: Failure): Promise<boolean> {
    return this.change(claim, async (manager) => {
      if (claim.shard.attempt < MAX_ATTEMPTS) {
        const rows = await changed(
          manager,
          `UPDATE evaluation_shard
              SET state = 'QUEUED', worker_id = NULL, samples_done = 0, failure_code = $5, failure_message = $6,
                  queued_at = now()
            WHERE ${MINE} RETURNING 1`,
          [...keyOf(claim), failure.code, failure.message],
        );
        if (rows.length > 0) await this.queue.retryLater(claim.job, failure.code, sqlOf(manager));
        return rows.length > 0;
      }
      if (!(await markShardFailed(manager, claim, failure))) return false;
      await this.queue.complete(claim.job, sqlOf(manager));
      await endFailedRun(manager, claim.run.id);
      return true;
    });
  }

  /** Gives the shard back for the next worker. Stopped by us, not by the shard: it does not count against it. */
  async handBack(claim: Claim): Promise<boolean> {
    const { run, shard } = claim;
    return this.change(claim, async (manager) => {
      const mine = await requeueShards(manager, this.queue, run, [
        {
          shard: shard.shard,
          jobId: claim.job.id,
          attempt: shard.attempt,
          countFrom: shard.attempt - 1,
        },
      ]);
      if (mine === 0) return false;
      await manager.query(
        `UPDATE evaluation_run r SET state = 'QUEUED', started_at = NULL, attempt = attempt - 1
          WHERE id = $1 AND NOT EXISTS (
            SELECT 1 FROM evaluation_shard s WHERE s.run_id = r.id AND s.state IN ('RUNNING', 'SUCCEEDED'))`,
        [run.id],
      );
      return true;
    });
  }

  /** @param first done before the run is locked */
  private change(
    { run }: Claim,
    work: (manager: EntityManager) => Promise<boolean>,
    first?: (manager: EntityManager) => Promise<unknown>,
  ): Promise<boolean> {
    return lockingTransaction(this.dataSource, async (manager) => {
      await first?.(manager);
      const locked = await lockRun(manager, run.id);
      if (locked?.state !== RunState.RUNNING || !(await work(manager))) throw new NotMine();
      await announceRun(manager, run.id);
      return true;
    }).catch((error: unknown) => {
      if (error instanceof NotMine) return false;
      throw error;
    });
  }
}

/** Rolls back what an attempt has written that is not the shard's any more. */
class NotMine extends Error {}

function keyOf({ run, shard, job }: Claim): unknown[] {
  return [run.id, shard.shard, shard.attempt, job.id];
}

async function markShardFailed(manager: EntityManager, claim: Claim, failure: Failure) {
  const rows = await changed(
    manager,
    `UPDATE evaluation_shard
        SET state = '${ShardState.FAILED}', failure_code = $5, failure_message = $6, finished_at = now()
      WHERE ${MINE} RETURNING 1`,
    [...keyOf(claim), failure.code, failure.message],
  );
  return rows.length > 0;
}

function blockRow({ run, shard }: Claim, { logits, outputKind, totals }: ShardOutcome) {
  return {
    runId: run.id,
    shard: shard.shard,
    firstSample: shard.firstSample,
    sampleCount: totals.sampleCount,
    classCount: totals.classCount,
    kind: outputKind,
    // Every platform that runs Node is little-endian, as the column wants it.
    logits: Buffer.from(logits.buffer, logits.byteOffset, logits.byteLength),
    lossSum: totals.lossSum,
  };
}
