/** Who evaluates at present, and what waits for them. */
import { hostname } from 'node:os';
import type { DataSource } from 'typeorm';
import { projectVersion } from '../config/project-root';
import { SCHEMA_VERSION } from '../database/schema-version';
import { RELAX_COMMIT } from '../database/sql';
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import { WorkerRow } from './worker.entity';

/** As for jobs: a worker that was not heard of for this long does not count any more. */
export const SILENT_AFTER_SECONDS = 7;
/** The rows of workers that were killed go after this. */
const FORGET_AFTER_SECONDS = 3600;

export interface WorkerStatus {
  id: string;
  host: string;
  pid: number;
  engines: EngineName[];
  concurrency: number;
  /** Of Assay; null where the worker does not say it. */
  version: string | null;
  startedAt: Date;
  heartbeatAt: Date;
  shards: { runId: string; shard: number; samplesDone: number; sampleCount: number }[];
}

export interface QueueStatus {
  engine: EngineName;
  waiting: number;
  running: number;
  /** Since the oldest one that waits was queued; null where none does. */
  oldestSeconds: number | null;
}

export class WorkerRegistry {
  private readonly version = projectVersion();

  constructor(private readonly dataSource: DataSource) {}

  /** Also for a row that was forgotten while its worker could not reach the database. */
  async beat(worker: Pick<WorkerRow, 'id' | 'engines' | 'concurrency'>): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO worker (id, host, pid, engines, concurrency, version, schema_version)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (id) DO UPDATE SET heartbeat_at = now() RETURNING ${RELAX_COMMIT}`,
      [
        worker.id,
        hostname(),
        process.pid,
        worker.engines,
        worker.concurrency,
        this.version,
        SCHEMA_VERSION,
      ],
    );
  }

  async leave(id: string): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM worker WHERE id = $1 OR heartbeat_at < now() - interval '${FORGET_AFTER_SECONDS} s'`,
      [id],
    );
  }

  /** Those that were heard of lately, the oldest first. */
  async alive(): Promise<WorkerStatus[]> {
    const workers = await this.dataSource.manager
      .createQueryBuilder(WorkerRow, 'worker')
      .where(`worker.heartbeatAt > now() - interval '${SILENT_AFTER_SECONDS} s'`)
      .orderBy('worker.startedAt')
      .addOrderBy('worker.id')
      .getMany();
    const shards = await this.dataSource.query<(WorkerStatus['shards'][number] & { by: string })[]>(
      `SELECT worker_id AS "by", run_id AS "runId", shard, samples_done AS "samplesDone",
              sample_count AS "sampleCount"
         FROM evaluation_shard WHERE state = 'RUNNING' AND worker_id = ANY($1::uuid[])
        ORDER BY started_at`,
      [workers.map(({ id }) => id)],
    );
    return workers.map((worker) => ({
      id: worker.id,
      host: worker.host,
      pid: worker.pid,
      engines: worker.engines,
      concurrency: worker.concurrency,
      version: worker.version,
      startedAt: worker.startedAt,
      heartbeatAt: worker.heartbeatAt,
      shards: shards.filter(({ by }) => by === worker.id),
    }));
  }

  /** One line an engine. */
  async queues(): Promise<QueueStatus[]> {
    const rows = await this.dataSource.query<QueueStatus[]>(
      `SELECT r.engine, count(*) FILTER (WHERE s.state = 'QUEUED')::integer AS waiting,
              count(*) FILTER (WHERE s.state = 'RUNNING')::integer AS running,
              extract(epoch FROM now() - min(s.queued_at) FILTER (WHERE s.state = 'QUEUED'))::float8 AS "oldestSeconds"
         FROM evaluation_shard s JOIN evaluation_run r ON r.id = s.run_id
        WHERE s.state IN ('QUEUED', 'RUNNING') GROUP BY r.engine`,
    );
    const none = { waiting: 0, running: 0, oldestSeconds: null };
    return ENGINE_NAMES.map((engine) => ({
      engine,
      ...(rows.find((row) => row.engine === engine) ?? none),
    }));
  }
}
