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
import { RunSettler } from '../../src/evaluations/run-settler';
import { createMetricsThread } from '../../src/evaluations/scores/metrics-thread';
import { ShardSweep } from '../../src/evaluations/shard-sweep';
import type { Split } from '../../src/datasets/dataset';
import type { Dataset } from '../../src/datasets/dataset.entity';
import { type DatasetService, splitOf } from '../../src/datasets/dataset.service';
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
  settler: RunSettler;
  /** Stands in for how the settler loads the data. */
  load: DatasetService['load'] | undefined;
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
  const log = pino({ level: 'silent' });
  const metrics = createMetricsThread();
  const settler = new RunSettler({
    dataSource,
    datasets: {
      loadLabels: (dataset, name) =>
        worker.load?.(dataset, name) ?? Promise.resolve(splitWithLabels(dataset, name)),
    },
    metrics,
    workerId: shards.workerId,
    log,
  });
  const worker: StepWorker = {
    load: undefined,
    dataSource,
    queue,
    shards,
    runs: new EvaluationRunRepository(dataSource, queue, SHARD_SIZE, log),
    sweep: new ShardSweep(dataSource, queue, settler, log),
    settler,
    start: async () => {
      const job = await queue.fetch(queueOf('onnx'));
      return job && shards.take(job);
    },
    end: async () => {
      await settler.stop(0);
      await metrics.close();
      await queue.stop();
      await dataSource.destroy();
    },
  };
  return worker;
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

export async function started(worker: StepWorker): Promise<Claim> {
  const claim = await worker.start();
  if (!claim) throw new Error('there was no job');
  return claim;
}

/** Stores what `outcomeOf` says, and after the last shard the result. @returns whether the shard was still theirs */
export async function succeed(worker: StepWorker, claim: Claim): Promise<boolean> {
  const mine = await worker.shards.markSucceeded(claim, outcomeOf(claim));
  if (mine) await worker.settler.settle(claim.run.id);
  return mine;
}

/** The stored dataset has no images: these tests only need what its labels are, a 0 and a 1 in each shard. */
function splitWithLabels(dataset: Dataset, name: string): Split {
  const { imageHeight: height, imageWidth: width, imageChannels: channels, classNames } = dataset;
  const { sampleCount, digest } = splitOf(dataset, name);
  const labels = new Uint16Array(new SharedArrayBuffer(8));
  labels.set([0, 1, 0, 1]);
  return {
    name,
    sampleCount,
    digest,
    classCount: classNames.length,
    imageShape: { height, width, channels },
    images: new Uint8Array(new SharedArrayBuffer(0)),
    labels,
  };
}

/** Two samples of two classes: one right of each class in shard 0, one wrong in shard 1. */
export function outcomeOf({ shard: { shard } }: Claim): ShardOutcome {
  return {
    logits: new Float32Array(shard === 0 ? [1, 0, 0, 1] : [0, 1, 0, 1]),
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
