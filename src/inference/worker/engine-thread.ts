/** The main thread's hold on one engine thread: sends it a shard, passes on what it says, notices its death. */
import type { Worker } from 'node:worker_threads';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { OperationalError } from '../../errors';
import type { ShardOutcome, ShardRequest } from '../shard-evaluator';
import type { FromThread, ShardOrder, ToThread } from './protocol';
import { fromWire } from '../../threads/wire-error';

/**
 * After this long a thread that was told to close is stopped by force. Far longer than a batch takes: when
 * onnxruntime returns into a thread that is being stopped, it aborts the whole process (tried: one time in
 * three), so force is for a model that would keep the service from ending at all.
 */
const CLOSE_GRACE_MS = 20_000;

/** The shard in work. */
interface Current {
  request: ShardRequest;
  resolve: (outcome: ShardOutcome) => void;
  reject: (error: unknown) => void;
  /** Read by the thread between batches. */
  stop: Int32Array<SharedArrayBuffer>;
  /** Set with `stop`: the error that the request ends with. */
  stopped?: { reason: unknown };
}

export class EngineThread {
  private current: Current | undefined;
  private lastError: unknown;
  private hasExited = false;
  private readonly exited: Promise<void>;

  constructor(private readonly worker: Worker) {
    worker.on('message', (message: FromThread) => {
      this.receive(message);
    });
    worker.on('error', (error) => {
      this.lastError = error;
    });
    worker.on('messageerror', (error) => {
      this.lastError = error;
      void worker.terminate();
    });
    this.exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.hasExited = true;
        this.fail(this.crash(code));
        resolve();
      });
    });
  }

  get alive(): boolean {
    return !this.hasExited;
  }

  /** To be called again only after the promise has settled. */
  run(request: ShardRequest): Promise<ShardOutcome> {
    return new Promise((resolve, reject) => {
      const stop = new Int32Array(new SharedArrayBuffer(4));
      this.current = { request, resolve, reject, stop };
      this.send(orderOf(request, stop));
    });
  }

  /** The shard in work ends before its next batch and is rejected with the first reason given. */
  stop(reason: unknown): void {
    if (this.current === undefined) return;
    this.current.stopped ??= { reason };
    Atomics.store(this.current.stop, 0, 1);
  }

  /** Lets the thread end its work and release its sessions, and waits until it is gone. */
  async close(): Promise<void> {
    if (this.alive) this.send({ type: 'close' });
    const force = setTimeout(() => void this.worker.terminate(), CLOSE_GRACE_MS);
    await this.exited;
    clearTimeout(force);
  }

  private receive(message: FromThread): void {
    const { current } = this;
    if (current === undefined) return;
    switch (message.type) {
      case 'checkpoint-needed': {
        const { checkpoint, transfer } = copyOf(current.request.checkpoint);
        this.send({ type: 'checkpoint', checkpoint }, transfer);
        return;
      }
      case 'progress':
        this.report(current, message.samplesDone);
        return;
      case 'done':
        this.report(current, current.request.sampleCount);
        if (current.stopped !== undefined) {
          this.fail(current.stopped.reason);
          return;
        }
        this.current = undefined;
        current.resolve(message.outcome);
        return;
      case 'stopped':
        this.fail(current.stopped?.reason);
        return;
      case 'failed':
        this.fail(fromWire(message.error));
    }
  }

  /** A listener that throws fails its own request, not the process. */
  private report(current: Current, samplesDone: number): void {
    try {
      current.request.onProgress?.(samplesDone);
    } catch (error) {
      this.stop(error);
    }
  }

  private fail(error: unknown): void {
    const { current } = this;
    this.current = undefined;
    current?.reject(current.stopped === undefined ? error : current.stopped.reason);
  }

  private crash(exitCode: number): OperationalError {
    const { code } = (this.lastError ?? {}) as { code?: unknown };
    const reason = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : `exit code ${exitCode}`;
    return new OperationalError(
      'ENGINE_CRASHED',
      `The engine thread ended in the middle of its work (${reason}). The next evaluation starts ` +
        'a new one; where it happens again, a smaller batch size needs less memory.',
      { cause: this.lastError },
    );
  }

  private send(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

function orderOf(request: ShardRequest, stop: Int32Array<SharedArrayBuffer>): ShardOrder {
  const { engine, checkpoint, preprocessing, split, firstSample, sampleCount, batchSize } = request;
  const { name, classCount, imageShape, images, labels } = split;
  return {
    type: 'evaluate',
    engine,
    checkpointDigest: checkpoint.digest,
    preprocessing,
    split: { name, classCount, imageShape, images, labels },
    firstSample,
    sampleCount,
    batchSize,
    stop,
  };
}

/** Exact copies to hand over: cloning a view would send the whole buffer it lies in. */
function copyOf(checkpoint: CheckpointFiles): {
  checkpoint: CheckpointFiles;
  transfer: ArrayBuffer[];
} {
  const copies = [...checkpoint.files].map(([name, bytes]): [string, Uint8Array<ArrayBuffer>] => [
    name,
    Uint8Array.from(bytes),
  ]);
  return {
    checkpoint: { ...checkpoint, files: new Map(copies) },
    transfer: copies.map(([, bytes]) => bytes.buffer),
  };
}
