/**
 * Computes away from the thread that answers requests: tasks wait in line for one thread, which is started for
 * the first of them, replaced when it has died, and ended when nothing was asked for a while.
 */
import type { Worker } from 'node:worker_threads';
import { OperationalError } from '../errors';
import type { TaskAnswer, TaskInput, TaskMap, TaskOrder, TaskOutput } from './task-protocol';
import { fromWire } from './wire-error';

/** A thread that has worked on large arrays keeps their memory until it is collected: ended, it gives it back. */
const IDLE_MS = 30_000;

export class TaskThread<Tasks extends TaskMap> {
  private worker: Worker | undefined;
  /** Settles when the last task in line has. */
  private line: Promise<unknown> = Promise.resolve();
  private idle: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly closing = new AbortController();

  /** @param start a thread whose first file calls `serveTasks` with the same tasks */
  constructor(private readonly start: () => Worker) {}

  /**
   * @param signal rejects with its reason; a task in work is ended with its thread
   * @throws what the task throws; OperationalError THREAD_CRASHED, THREAD_CLOSED
   */
  run<Name extends keyof Tasks & string>(
    task: Name,
    input: TaskInput<Tasks, Name>,
    signal?: AbortSignal,
  ): Promise<TaskOutput<Tasks, Name>> {
    const ending = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
    const turn = this.line.then(() => this.perform({ task, input }, ending));
    this.line = turn.catch(() => undefined);
    return turn as Promise<TaskOutput<Tasks, Name>>;
  }

  /** Ends the task in work and all that wait. */
  async close(): Promise<void> {
    this.closed = true;
    this.closing.abort(closedError());
    await this.line;
    clearTimeout(this.idle);
    await this.end();
  }

  private async perform(order: TaskOrder, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    clearTimeout(this.idle);
    const worker = (this.worker ??= this.start());
    worker.ref();
    try {
      const answer = await answerOf(worker, order, signal);
      if (answer.type === 'done') return answer.output;
      throw fromWire(answer.error);
    } catch (error) {
      if (signal.aborted || error instanceof ThreadDied) await this.end();
      if (signal.aborted) throw signal.reason;
      throw error instanceof ThreadDied ? crash(error) : error;
    } finally {
      // Nobody waits for an idle thread: it keeps no process alive.
      worker.unref();
      if (!this.closed) this.idle = setTimeout(() => void this.end(), IDLE_MS).unref();
    }
  }

  private async end(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}

class ThreadDied extends Error {}

function answerOf(worker: Worker, order: TaskOrder, signal: AbortSignal): Promise<TaskAnswer> {
  return new Promise<TaskAnswer>((resolve, reject) => {
    const settle = (action: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      action();
    };
    const onMessage = (answer: TaskAnswer): void => {
      settle(() => {
        resolve(answer);
      });
    };
    const die = (message: string, cause?: unknown): void => {
      settle(() => {
        reject(new ThreadDied(message, { cause }));
      });
    };
    const onError = (error: unknown): void => {
      const { code } = (error ?? {}) as { code?: unknown };
      die(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : 'an error of its own', error);
    };
    const onExit = (code: number): void => {
      die(`exit code ${code}`);
    };
    const onAbort = (): void => {
      die('aborted');
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    worker.postMessage(order);
  });
}

function crash(died: ThreadDied): OperationalError {
  return new OperationalError(
    'THREAD_CRASHED',
    `The computing thread ended in the middle of its work (${died.message}). The next request starts a new one.`,
    { cause: died.cause },
  );
}

function closedError(): OperationalError {
  return new OperationalError(
    'THREAD_CLOSED',
    'The service stops: ask again when it has been started.',
  );
}
