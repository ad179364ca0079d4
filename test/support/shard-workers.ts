/** Workers without a process: what the queue and the tables see of them, step by step, as a test decides. */
import type { DataSource } from 'typeorm';
import { pino } from 'pino';
import { randomUUID } from 'node:crypto';
import { sqlOfPool } from '../../src/database/sql';
import type { EvaluationRun } from '../../src/evaluations/evaluation-run.entity';
import { EvaluationRunRepository } from '../../src/evaluations/evaluation-run.repository';
import {
  type Claim,
  EvaluationShardRepository,
} from '../../src/evaluations/evaluation-shard.repository';
import { type ShardQueue, queueOf, SHARD_QUEUES } from '../../src/evaluations/shard-job';
import { ShardSweep } from '../../src/evaluations/shard-sweep';
import type { ShardOutcome } from '../../src/inference/shard-evaluator';
import { PgBossQueue } from '../../src/queue/pg-boss-queue';
import { connectTo } from './open-test-database';

/** Two shards of the two samples each of `newRun`. */
export const SHARD_SIZE = 2;

export interface StepWorker {
  dataSource: DataSource;
  queue: ShardQueue;
  runs: EvaluationRunRepository;
  shards: EvaluationShardRepository;
  sweep: ShardSweep;
  /** Fetches the next job and starts its shard. */
  start(): Promise<Claim | undefined>;
  end(): Promise<void>;
}

export async function stepWorker(url: string): Promise<StepWorker> {
  const dataSource = await connectTo(url);
  const queue = new PgBossQueue<{ runId: string; shard: number }>(
    sqlOfPool(dataSource),
    SHARD_QUEUES,
    (error) => {
      throw error;
    },
  );
  await queue.start();
  const shards = new EvaluationShardRepository(dataSource, queue, randomUUID());
  return {
    dataSource,
    queue,
    shards,
    runs: new EvaluationRunRepository(dataSource, queue, SHARD_SIZE),
    sweep: new ShardSweep(dataSource, queue, pino({ level: 'silent' })),
    start: async () => {
      const job = await queue.fetch(queueOf('onnx'));
      return job && shards.take(job);
    },
    end: async () => {
      await queue.stop();
      await dataSource.destroy();
    },
  };
}

/** A run, or the reason why there is none, as a test wants it. */
export async function created(
  worker: StepWorker,
  request: Parameters<EvaluationRunRepository['create']>[0],
): Promise<EvaluationRun> {
  const run = await worker.runs.create(request);
  if (!run) throw new Error('without a key each request makes a run');
  return run;
}

/** Two samples of two classes: one right of each class in shard 0, one wrong in shard 1. */
export function outcomeOf({ shard: { shard } }: Claim): ShardOutcome {
  return {
    logits: new Float32Array([1, 0, 0, 1]),
    outputKind: 'logits',
    totals: {
      classCount: 2,
      sampleCount: SHARD_SIZE,
      lossSum: 0.5 + shard,
      confusionMatrix:
        shard === 0
          ? [
              [1, 0],
              [0, 1],
            ]
          : [
              [0, 1],
              [0, 1],
            ],
    },
    backend: { name: 'onnxruntime', version: '0' },
    timings: { loadMs: 1, inferenceMs: 2 },
  };
}
