/** Runs as a whole: stored with their shards and jobs, found, cancelled, and taken up again. */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { sqlOf } from '../database/sql';
import type { EngineName } from '../inference/engine';
import { operationLog, type OperationLog } from '../telemetry/operation-log';
import { NO_TRACING, type Tracing } from '../telemetry/tracing';
import { EvaluationRequest } from './evaluation-request.entity';
import { EvaluationRun, RunState } from './evaluation-run.entity';
import { EvaluationShard } from './evaluation-shard.entity';
import { closeShards, requeueShards } from './open-shards';
import { announceJobs, announceRun, changed, lockingTransaction, lockRun } from './run-lock';
import { queueOf, type ShardQueue } from './shard-job';

export interface NewRun {
  checkpointId: string;
  datasetId: string;
  split: string;
  engine: EngineName;
  batchSize: number;
  samplesTotal: number;
}

/** The key of a request, and a digest of all that it asked for. */
export interface RequestKey {
  idempotencyKey: string;
  inputDigest: string;
}

export class EvaluationRunRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: ShardQueue,
    /** Samples of one shard. */
    private readonly shardSize: number,
    private readonly log: OperationLog,
    private readonly tracing: Tracing = NO_TRACING,
  ) {}

  /**
   * Stores the run, its shards and their jobs in one transaction, and wakes the workers.
   *
   * @returns undefined where the key is another run's already
   */
  async create(run: NewRun, key?: RequestKey): Promise<EvaluationRun | undefined> {
    const id = randomUUID();
    const { checkpointId, datasetId, split, engine, samplesTotal } = run;
    try {
      const created = await this.tracing.span(
        {
          name: 'accept run',
          kind: 'producer',
          attributes: { 'assay.run.id': id, 'assay.engine': engine, 'assay.samples': samplesTotal },
        },
        () => this.store(id, run, key),
      );
      operationLog(this.log).info(
        { runId: id, checkpointId, datasetId, split, engine },
        'a run was accepted',
      );
      return created;
    } catch (error) {
      if (error instanceof KeyTaken) return undefined;
      throw error;
    }
  }

  /** Binds a key to a run that is there already. @returns false where the key is another run's */
  bind(key: RequestKey, runId: string): Promise<boolean> {
    return storeKey(this.dataSource.manager, key, runId);
  }

  findRequest(idempotencyKey: string): Promise<EvaluationRequest | null> {
    return this.dataSource.manager.findOneBy(EvaluationRequest, { idempotencyKey });
  }

  find(id: string): Promise<EvaluationRun | null> {
    return this.dataSource.manager.findOneBy(EvaluationRun, { id });
  }

  /** How many there are in each state, also in those without any. */
  async countByState(): Promise<{ state: RunState; count: number }[]> {
    const found = await this.dataSource.query<{ state: RunState; count: string }[]>(
      'SELECT state, count(*) AS count FROM evaluation_run GROUP BY state',
    );
    return Object.values(RunState).map((state) => ({
      state,
      count: Number(found.find((row) => row.state === state)?.count ?? 0),
    }));
  }

  /** QUEUED or RUNNING becomes CANCELLED; its workers hear of it. */
  async markCancelled(id: string): Promise<boolean> {
    return lockingTransaction(this.dataSource, async (manager) => {
      const run = await lockRun(manager, id);
      if (run?.state !== RunState.QUEUED && run?.state !== RunState.RUNNING) return false;
      await manager.update(
        EvaluationRun,
        { id },
        { state: RunState.CANCELLED, finishedAt: () => 'now()' },
      );
      const message = 'the run was cancelled';
      await closeShards(manager, this.queue, run, { code: 'RUN_CANCELLED', message });
      await announceRun(manager, id);
      return true;
    });
  }

  /**
   * FAILED becomes QUEUED: its shards that have not succeeded are done again, the others stay. Where all have, it
   * becomes RUNNING, and the sweep finds that its result is missing.
   */
  async markRetried(id: string): Promise<boolean> {
    const traceparent = this.tracing.traceparent() ?? null;
    return lockingTransaction(this.dataSource, async (manager) => {
      const run = await lockRun(manager, id);
      if (run?.state !== RunState.FAILED) return false;
      // A run from before there were shards can't be taken up.
      if (!(await manager.existsBy(EvaluationShard, { runId: id }))) return false;
      const missing = await manager.query<{ shard: number; job_id: string; attempt: number }[]>(
        `SELECT shard, job_id, attempt FROM evaluation_shard
          WHERE run_id = $1 AND state <> 'SUCCEEDED' ORDER BY shard`,
        [id],
      );
      await manager.update(
        EvaluationRun,
        { id },
        {
          state: missing.length > 0 ? RunState.QUEUED : RunState.RUNNING,
          failureCode: null,
          failureMessage: null,
          finishedAt: null,
          settlingAttempt: 0,
          settlingWorkerId: null,
          traceparent,
        },
      );
      await requeueShards(
        manager,
        this.queue,
        run,
        missing.map(({ shard, job_id: jobId, attempt }) => ({
          shard,
          jobId,
          attempt,
          countFrom: 0,
        })),
      );
      await announceRun(manager, id);
      return true;
    });
  }

  /** Its shards and its settlement will be parts of the trace in which the caller runs. */
  private store(id: string, run: NewRun, key: RequestKey | undefined): Promise<EvaluationRun> {
    const traceparent = this.tracing.traceparent() ?? null;
    return this.dataSource.transaction(async (manager) => {
      await manager.insert(EvaluationRun, { ...run, id, traceparent, state: RunState.QUEUED });
      if (key && !(await storeKey(manager, key, id))) throw new KeyTaken();
      await this.queueShards(manager, id, run);
      return manager.findOneByOrFail(EvaluationRun, { id });
    });
  }

  private async queueShards(manager: EntityManager, runId: string, run: NewRun): Promise<void> {
    const count = Math.ceil(run.samplesTotal / this.shardSize);
    const jobs = Array.from({ length: count }, (_, shard) => ({
      id: randomUUID(),
      data: { runId, shard },
    }));
    await changed(
      manager,
      `INSERT INTO evaluation_shard (run_id, shard, first_sample, sample_count, state, job_id)
       SELECT $1, n - 1, (n - 1) * $2::bigint, LEAST($2, $3 - (n - 1) * $2::bigint), 'QUEUED', id
         FROM unnest($4::uuid[]) WITH ORDINALITY AS job(id, n)`,
      [runId, this.shardSize, run.samplesTotal, jobs.map(({ id }) => id)],
    );
    await this.queue.insert(queueOf(run.engine), jobs, sqlOf(manager));
    await announceJobs(manager, run.engine);
  }
}

/** Rolls back the run that was about to take the key. */
class KeyTaken extends Error {}

async function storeKey(manager: EntityManager, key: RequestKey, runId: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO evaluation_request (idempotency_key, input_digest, run_id) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [key.idempotencyKey, key.inputDigest, runId],
  );
  return rows.length > 0;
}
