/**
 * Workers without processes: all that a real one says to the database (queue, beats, progress, sweep), over a pool
 * and a LISTEN of its own each, and in the place of the model a wait.
 */
import path from 'node:path';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { CheckpointRegistration } from '../../src/checkpoints/checkpoint-registration';
import { CheckpointRoots } from '../../src/checkpoints/checkpoint-roots';
import { CheckpointService } from '../../src/checkpoints/checkpoint.service';
import { type CheckpointReader, CheckpointStore } from '../../src/checkpoints/checkpoint-store';
import { type DatabaseConnection, openDatabase } from '../../src/database/data-source';
import { migrate } from '../../src/database/migrate';
import { Notifications } from '../../src/database/notifications';
import { sqlOfPool } from '../../src/database/sql';
import { createDatasetRegistry } from '../../src/datasets/dataset-registry';
import { DatasetService } from '../../src/datasets/dataset.service';
import { ENTITIES } from '../../src/entities';
import { EvaluationRunRepository } from '../../src/evaluations/evaluation-run.repository';
import { createMetricsThread } from '../../src/evaluations/scores/metrics-thread';
import { SHARD_QUEUES, type ShardJobData } from '../../src/evaluations/shard-job';
import { WorkerHost } from '../../src/evaluations/worker-host';
import { WorkerRegistry } from '../../src/evaluations/worker-registry';
import { PgBossQueue } from '../../src/queue/pg-boss-queue';
import { madeShards, type MadeShards, SHARD_SIZE } from './made-shards';

/** The runs there can be: one to be settled, and one that outlasts each measurement. */
export const RUN_SHARDS = { short: 20, long: 4_000 } as const;
export type RunLength = keyof typeof RUN_SHARDS;

export interface SimulatedWorker {
  stop(): Promise<void>;
}

export class Simulation {
  private readonly metrics = createMetricsThread();
  private readonly log = pino({ level: 'fatal' }, pino.destination({ dest: 2, sync: true }));

  private constructor(
    readonly dataSource: DataSource,
    private readonly connection: DatabaseConnection,
    private readonly queue: PgBossQueue<ShardJobData>,
    private readonly made: Record<RunLength, MadeShards>,
    private readonly files: CheckpointReader,
    private readonly ids: { checkpointId: string; datasetIds: Record<RunLength, string> },
  ) {}

  /** Migrates the database and stores what runs name. */
  static async open(
    connection: DatabaseConnection,
    folder: string,
    checkpointPath: string,
  ): Promise<Simulation> {
    const dataSource = await open(connection);
    const queue = queueOn(dataSource);
    await migrate(dataSource, () => queue.start());
    const made = {
      short: await madeShards(RUN_SHARDS.short),
      long: await madeShards(RUN_SHARDS.long),
    };
    const store = new CheckpointStore(path.join(folder, 'checkpoints'));
    const registration = new CheckpointRegistration(dataSource, store, new CheckpointRoots([]));
    const { checkpoint } = await registration.fromPath(checkpointPath, {});
    const datasets = datasetsOn(dataSource, made);
    const short = await datasets.register(made.short.source.name);
    const long = await datasets.register(made.long.source.name);
    // Read once: workers of one process would read it from one disk, and it is not the disk that is measured.
    const files = await store.load(checkpoint.digest, checkpoint.format);
    const datasetIds = { short: short.id, long: long.id };
    const ids = { checkpointId: checkpoint.id, datasetIds };
    const reader: CheckpointReader = { load: () => Promise.resolve(files) };
    return new Simulation(dataSource, connection, queue, made, reader, ids);
  }

  /** A run that waits for workers. @returns its id */
  async request(length: RunLength): Promise<string> {
    const { checkpointId, datasetIds } = this.ids;
    const run = await this.runs.create({
      checkpointId,
      datasetId: datasetIds[length],
      split: 'test',
      engine: 'onnx',
      batchSize: 64,
      samplesTotal: RUN_SHARDS[length] * SHARD_SIZE,
    });
    if (!run) throw new Error('without a key each request makes a run');
    return run.id;
  }

  async cancel(runId: string): Promise<void> {
    await this.runs.markCancelled(runId);
  }

  async shardsDone(): Promise<number> {
    const [row] = await this.dataSource.query<{ done: number }[]>(
      `SELECT count(*)::integer AS done FROM evaluation_shard WHERE state = 'SUCCEEDED'`,
    );
    return row?.done ?? 0;
  }

  /** @param computeMs how long its model takes for a shard */
  async startWorker(computeMs: number): Promise<SimulatedWorker> {
    const dataSource = await open(this.connection);
    const queue = queueOn(dataSource);
    await queue.start();
    const notifications = new Notifications(dataSource);
    await notifications.start();
    const host = new WorkerHost({
      dataSource,
      queue,
      notifications,
      registry: new WorkerRegistry(dataSource),
      checkpoints: new CheckpointService(dataSource, this.files),
      datasets: datasetsOn(dataSource, this.made),
      evaluator: this.made.short.evaluator(computeMs),
      metrics: this.metrics,
      log: this.log,
    });
    await host.start({ engines: ['onnx'], concurrency: 1 });
    return {
      stop: async () => {
        await host.stop(0);
        await notifications.stop();
        await queue.stop();
        await dataSource.destroy();
      },
    };
  }

  async close(): Promise<void> {
    await this.metrics.close();
    await this.queue.stop();
    await this.dataSource.destroy();
  }

  private get runs(): EvaluationRunRepository {
    return new EvaluationRunRepository(this.dataSource, this.queue, SHARD_SIZE, this.log);
  }
}

function open(target: DatabaseConnection): Promise<DataSource> {
  return openDatabase({ target, entities: ENTITIES, migrations: MIGRATIONS });
}

function queueOn(dataSource: DataSource): PgBossQueue<ShardJobData> {
  return new PgBossQueue<ShardJobData>(sqlOfPool(dataSource), SHARD_QUEUES, (error) => {
    throw error;
  });
}

function datasetsOn(
  dataSource: DataSource,
  { short, long }: Record<RunLength, MadeShards>,
): DatasetService {
  return new DatasetService(dataSource, createDatasetRegistry([short.source, long.source]));
}
