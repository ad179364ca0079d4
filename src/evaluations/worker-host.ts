/** Puts a process's worker together: what it evaluates with, and the sweep that goes along with it. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { CheckpointService } from '../checkpoints/checkpoint.service';
import type { Notifications } from '../database/notifications';
import type { DatasetService } from '../datasets/dataset.service';
import type { EngineName } from '../inference/engine';
import type { ShardEvaluator } from '../inference/shard-evaluator';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import type { Tracing } from '../telemetry/tracing';
import { EvaluationShardRepository } from './evaluation-shard.repository';
import { RunSettler } from './run-settler';
import type { MetricsThread } from './scores/metrics-thread';
import { ShardExecutor } from './shard-executor';
import type { ShardQueue } from './shard-job';
import { ShardSweep } from './shard-sweep';
import { Worker } from './worker';
import type { WorkerRegistry } from './worker-registry';

export interface WorkerSettings {
  engines: readonly EngineName[];
  concurrency: number;
}

export interface WorkerHostOptions {
  dataSource: DataSource;
  queue: ShardQueue;
  notifications: Notifications;
  registry: WorkerRegistry;
  checkpoints: CheckpointService;
  datasets: DatasetService;
  evaluator: ShardEvaluator;
  metrics: MetricsThread;
  log: Logger;
  telemetry?: ServiceMetrics;
  tracing?: Tracing;
}

export class WorkerHost {
  private worker: Worker | undefined;
  private readonly workerId = randomUUID();
  private readonly settler: RunSettler;
  private readonly sweep: ShardSweep;
  private unsubscribe: (() => void) | undefined;

  private readonly options: WorkerHostOptions;

  constructor(options: WorkerHostOptions) {
    const { workerId } = this;
    const log = options.log.child({ workerId });
    this.options = { ...options, log };
    this.settler = new RunSettler({ ...this.options, workerId });
    this.sweep = new ShardSweep(options.dataSource, options.queue, this.settler, log);
  }

  async start({ engines, concurrency }: WorkerSettings): Promise<void> {
    if (this.worker) throw new TypeError('a process has one worker');
    const shards = new EvaluationShardRepository(
      this.options.dataSource,
      this.options.queue,
      this.workerId,
    );
    const executor = new ShardExecutor({ ...this.options, shards, settler: this.settler });
    this.worker = new Worker({ ...this.options, engines, concurrency, shards, executor });
    this.unsubscribe = this.options.notifications.on('swept', (word) => {
      // A connection that breaks time and again is no reason to wait.
      if (word !== undefined) this.sweep.postpone();
    });
    this.sweep.start();
    await this.worker.start();
  }

  async stop(drainMs: number): Promise<void> {
    const until = performance.now() + drainMs;
    await this.worker?.stop(drainMs);
    this.unsubscribe?.();
    await this.sweep.stop();
    await this.settler.stop(Math.max(0, until - performance.now()));
    await this.options.evaluator.close();
  }
}
