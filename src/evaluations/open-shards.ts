/** Puts shards into the queue anew, or takes the open ones out of it; the caller holds the run's lock. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { sqlOf } from '../database/sql';
import type { EngineName } from '../inference/engine';
import { announceClosed, announceJobs, changed } from './run-lock';
import type { Failure } from './shard-failures';
import { queueOf, type ShardQueue } from './shard-job';

interface RunRef {
  id: string;
  engine: EngineName;
}

export interface ShardRef {
  shard: number;
  /** As it was seen: a shard that has another job by now is left alone. */
  jobId: string;
  attempt: number;
  /** What the count goes on from; default: as it is. */
  countFrom?: number;
}

/**
 * QUEUED under new jobs, before all others: these have waited already. The old jobs are gone.
 *
 * @returns how many shards were still as they had been seen
 */
export async function requeueShards(
  manager: EntityManager,
  queue: ShardQueue,
  run: RunRef,
  shards: readonly ShardRef[],
): Promise<number> {
  const jobs: { id: string; data: { runId: string; shard: number } }[] = [];
  const old: string[] = [];
  for (const { shard, jobId, attempt, countFrom } of shards) {
    const id = randomUUID();
    const rows = await changed(
      manager,
      `UPDATE evaluation_shard
          SET state = 'QUEUED', job_id = $5, attempt = $6, worker_id = NULL, samples_done = 0, queued_at = now(),
              started_at = NULL, finished_at = NULL
        WHERE run_id = $1 AND shard = $2 AND job_id = $3 AND attempt = $4 AND state <> 'SUCCEEDED' RETURNING 1`,
      [run.id, shard, jobId, attempt, id, countFrom ?? attempt],
    );
    if (rows.length === 0) continue;
    jobs.push({ id, data: { runId: run.id, shard } });
    old.push(jobId);
  }
  if (jobs.length === 0) return 0;
  await queue.remove(queueOf(run.engine), old, sqlOf(manager));
  await queue.insert(queueOf(run.engine), jobs, sqlOf(manager), true);
  await announceJobs(manager, run.engine);
  return jobs.length;
}

/** FAILED with the reason for which their run has ended, and their jobs gone: no run that has ended has open shards. */
export async function closeShards(
  manager: EntityManager,
  queue: ShardQueue,
  run: RunRef,
  { code, message }: Failure,
): Promise<void> {
  const closed = await changed<{ job_id: string }>(
    manager,
    `UPDATE evaluation_shard
        SET state = 'FAILED', failure_code = $2, failure_message = $3, finished_at = now()
      WHERE run_id = $1 AND state IN ('QUEUED', 'RUNNING') RETURNING job_id`,
    [run.id, code, message],
  );
  await queue.remove(
    queueOf(run.engine),
    closed.map(({ job_id: id }) => id),
    sqlOf(manager),
  );
  await announceClosed(manager, run.id);
}
