/** The main thread's hold on one engine thread: sends it its part of a shard, hears how it ended, notices its death. */
import type { Worker } from 'node:worker_threads';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { OperationalError } from '../../errors';
import { fromWire } from '../../threads/wire-error';
import type { FromThread, ShardOrder, ShardPart, ToThread } from './protocol';

/**
 * After this long a thread that was told to close is stopped by force. Far longer than a batch takes: when
 * onnxruntime returns into a thread that is being stopped, it aborts the whole process (tried: one time in
 * three), so force is for a model that would keep the service from ending at all.
 */
const CLOSE_GRACE_MS = 20_000;

/** How a thread's part of a shard has ended. */
export type PartEnding =
  | { part: ShardPart }
  /** In which batch; undefined: before the first, or the thread has died. */
  | { error: Error; batch: number | undefined };

/** The shard in work. */
interface Current {
  checkpoint: CheckpointFiles;
  resolve: (ending: PartEnding) => void;
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
        this.end({ error: this.crash(code), batch: undefined });
        resolve();
      });
    });
  }

  get alive(): boolean {
    return !this.hasExited;
  }

  /** To be called again only after the promise has settled. */
  run(order: ShardOrder, checkpoint: CheckpointFiles): Promise<PartEnding> {
    return new Promise((resolve) => {
      this.current = { checkpoint, resolve };
      this.send(order);
    });
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
        const { checkpoint, transfer } = copyOf(current.checkpoint);
        this.send({ type: 'checkpoint', checkpoint }, transfer);
        return;
      }
      case 'done':
        this.end({ part: message.part });
        return;
      case 'failed':
        this.end({ error: fromWire(message.error), batch: message.batch });
    }
  }

  private end(ending: PartEnding): void {
    const { current } = this;
    this.current = undefined;
    current?.resolve(ending);
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
