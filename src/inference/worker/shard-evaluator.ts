/** The ShardEvaluator over engine threads: requests wait in line, and a dead thread is replaced. */
import os from 'node:os';
import type { Worker } from 'node:worker_threads';
import { OperationalError, UserError } from '../../errors';
import { MAX_BATCH_SIZE, MAX_BATCH_VALUES } from '../batch-size';
import type { ShardEvaluator, ShardOutcome, ShardRequest } from '../shard-evaluator';
import { EngineThread } from './engine-thread';
import { lanesFor } from './lanes';
import { ShardWork } from './shard-work';
import { startThread } from './start-thread';

export interface EvaluatorOptions {
  /** Default: the engine's own file. For tests that end it. */
  start?: () => Worker;
  /** Default: `lanesFor`. For benchmarks of it. */
  lanes?: typeof lanesFor;
}

export function createShardEvaluator({
  start = () => startThread(),
  lanes = lanesFor,
}: EvaluatorOptions = {}): ShardEvaluator {
  return new ThreadShardEvaluator(start, lanes);
}

class ThreadShardEvaluator implements ShardEvaluator {
  /** Started when a shard first needs them. */
  private readonly threads: EngineThread[] = [];
  private current: ShardWork | undefined;
  /** Settles when the last request in line has. */
  private line: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly start: () => Worker,
    private readonly lanes: typeof lanesFor,
  ) {}

  async evaluate(request: ShardRequest): Promise<ShardOutcome> {
    checkRequest(request);
    const { signal } = request;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      // Rejects a request that still waits at once; one in work rejects when its threads have stopped.
      let onAbort = (): void => {
        reject(signal?.reason as Error);
      };
      const abort = (): void => {
        onAbort();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.line = this.line
        .then(() => {
          signal?.throwIfAborted();
          const work = new ShardWork(request);
          onAbort = () => {
            work.stop(signal?.reason);
          };
          return this.carryOut(work, request);
        })
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener('abort', abort));
    });
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    this.current?.stop(closed());
    await Promise.all(this.threads.map((thread) => thread.close()));
    await this.line;
  }

  private async carryOut(work: ShardWork, request: ShardRequest): Promise<ShardOutcome> {
    if (this.closing !== undefined) throw closed();
    this.current = work;
    const lanes = this.lanes(request, os.availableParallelism());
    try {
      return await work.run(
        lanes.map((threads, lane) => ({ threads, thread: this.livingThread(lane) })),
      );
    } finally {
      this.current = undefined;
    }
  }

  private livingThread(lane: number): EngineThread {
    let thread = this.threads[lane];
    if (thread?.alive !== true) {
      thread = new EngineThread(this.start());
      this.threads[lane] = thread;
    }
    return thread;
  }
}

function closed(): OperationalError {
  return new OperationalError(
    'EVALUATOR_CLOSED',
    'The evaluator has been closed while the service stops: start the evaluation again afterwards.',
  );
}

function checkRequest({ split, firstSample, sampleCount, batchSize }: ShardRequest): void {
  const { height, width, channels } = split.imageShape;
  const fitting = Math.floor(MAX_BATCH_VALUES / (height * width * channels));
  const maximum = Math.max(1, Math.min(MAX_BATCH_SIZE, fitting));
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > maximum) {
    throw new UserError(
      'BATCH_SIZE_INVALID',
      `The batch size must be a whole number from 1 to ${maximum} for images of this size, not ${batchSize}.`,
      { details: { batchSize, maximum } },
    );
  }
  const end = firstSample + sampleCount;
  const whole = Number.isInteger(firstSample) && Number.isInteger(sampleCount);
  if (!whole || firstSample < 0 || sampleCount < 1 || end > split.sampleCount) {
    throw new RangeError(
      `samples ${firstSample} to ${end} are not in a split of ${split.sampleCount}`,
    );
  }
}
