/** The queue on pg-boss, which keeps its jobs in the schema `pgboss` of our own database. */
import { PgBoss } from 'pg-boss';
import type { Job, JobQueue, NewJob, Sql } from './job-queue';

const SCHEMA = 'pgboss';
/** A holder that is not heard of for this long is gone: three beats of a worker, and one for a slow moment. */
const SILENT_AFTER_SECONDS = 7;
/** A job that waits longer than anybody will ask for it is deleted; sweeping puts it back where it is missed. */
const RETENTION_SECONDS = 30 * 24 * 3600;
/** Jobs that are done are of no use: what they found is in our own tables. */
const DELETE_AFTER_SECONDS = 3600;
/** pg-boss may never end a job on its own: the caller counts the tries, and `isLive` says whose job is lost. */
const NEVER_SECONDS = 24 * 3600 - 1;
const MANY_RETRIES = 1000;

export class PgBossQueue<T extends object> implements JobQueue<T> {
  private readonly boss: PgBoss;

  /** @param onError told of what fails in the background, such as while the database is away */
  constructor(
    sql: Sql,
    private readonly queues: readonly string[],
    onError: (error: unknown) => void,
  ) {
    this.boss = new PgBoss({ db: sql, schema: SCHEMA, schedule: false, registerInstance: false });
    this.boss.on('error', onError);
  }

  async start(): Promise<void> {
    await this.boss.start();
    for (const name of this.queues) {
      await this.boss.createQueue(name, {
        retryLimit: MANY_RETRIES,
        retryDelay: 1,
        retryBackoff: true,
        retryDelayMax: 30,
        expireInSeconds: NEVER_SECONDS,
        retentionSeconds: RETENTION_SECONDS,
        deleteAfterSeconds: DELETE_AFTER_SECONDS,
      });
    }
  }

  async stop(): Promise<void> {
    await this.boss.stop({ graceful: false, close: false });
  }

  async insert(queue: string, jobs: NewJob<T>[], sql: Sql, inFront = false): Promise<void> {
    const priority = inFront ? 1 : 0;
    const rows = jobs.map((job) => ({ ...job, priority }));
    await this.boss.insert(queue, rows, { db: sql });
  }

  async fetch(queue: string): Promise<Job<T> | undefined> {
    const [job] = await this.boss.fetch<T>(queue, { batchSize: 1 });
    if (!job) return undefined;
    return { id: job.id, data: job.data, queue, retryCount: job.retryCount };
  }

  async touch(jobs: readonly Job<T>[]): Promise<void> {
    for (const name of this.queues) {
      const held = jobs.filter(({ queue }) => queue === name);
      if (held.length > 0) await this.boss.touch(name, held);
    }
  }

  async complete(job: Job<T>, sql: Sql): Promise<void> {
    await this.boss.complete(job.queue, job, null, { db: sql });
  }

  async retryLater(job: Job<T>, reason: string, sql: Sql): Promise<void> {
    await this.boss.fail(job.queue, job, { reason }, { db: sql });
  }

  async remove(queue: string, ids: readonly string[], sql: Sql): Promise<void> {
    if (ids.length > 0) await this.boss.deleteJob(queue, [...ids], { db: sql });
  }

  isLive(queue: string, id: string): string {
    return `EXISTS (
      SELECT 1 FROM ${SCHEMA}.job live
       WHERE live.name = ${queue} AND live.id = ${id}
         AND (live.state IN ('created', 'retry')
              OR (live.state = 'active'
                  AND COALESCE(live.heartbeat_on, live.started_on) > now() - interval '${SILENT_AFTER_SECONDS} s')))`;
  }
}
