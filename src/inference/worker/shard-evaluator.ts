/** The ShardEvaluator over one engine thread: requests wait in line, and a dead thread is replaced. */
import type { Worker } from 'node:worker_threads';
import { OperationalError, UserError } from '../../errors';
import { MAX_BATCH_SIZE, MAX_BATCH_VALUES } from '../batch-size';
import type { ShardEvaluator, ShardOutcome, ShardRequest } from '../shard-evaluator';
import { EngineThread } from './engine-thread';
import { startThread } from './start-thread';

/**
 * One session with all cores is as fast as this machine gets: a second thread would only share them.
 *
 * @param start replaces how the thread is started, for tests that end it
 */
export function createShardEvaluator(start: () => Worker = () => startThread()): ShardEvaluator {
  return new ThreadShardEvaluator(start);
}

class ThreadShardEvaluator implements ShardEvaluator {
  private thread: EngineThread | undefined;
  /** Settles when the last request in line has. */
  private line: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(private readonly start: () => Worker) {}

  async evaluate(request: ShardRequest): Promise<ShardOutcome> {
    checkRequest(request);
    const { signal } = request;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      // Rejects a request that still waits at once; one in work rejects when the thread has stopped.
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
          const thread = this.livingThread();
          onAbort = () => {
            thread.stop(signal?.reason);
          };
          return thread.run(request);
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
    this.thread?.stop(closed());
    await this.thread?.close();
    await this.line;
  }

  private livingThread(): EngineThread {
    if (this.closing !== undefined) throw closed();
    if (this.thread?.alive !== true) this.thread = new EngineThread(this.start());
    return this.thread;
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
