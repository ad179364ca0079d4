/** Runs one after another inside this process. */
import type { RunHandler, RunQueue } from './run-queue';

export class InProcessQueue implements RunQueue {
  private readonly waiting: string[] = [];
  private handler: RunHandler | undefined;
  private current: { runId: string; abort: AbortController } | undefined;
  private draining: Promise<void> | undefined;
  private stopped = false;

  /** @param onBug told of what a handler threw: handlers settle failed runs themselves */
  constructor(private readonly onBug: (error: unknown, runId: string) => void) {}

  start(handler: RunHandler): void {
    this.handler = handler;
    this.drain();
  }

  enqueue(runId: string): void {
    if (this.stopped) return;
    this.waiting.push(runId);
    this.drain();
  }

  abort(runId: string, reason: Error): boolean {
    const at = this.waiting.indexOf(runId);
    if (at >= 0) {
      this.waiting.splice(at, 1);
      return true;
    }
    if (this.current?.runId !== runId) return false;
    this.current.abort.abort(reason);
    return true;
  }

  async stop(reason: Error): Promise<void> {
    this.stopped = true;
    this.waiting.length = 0;
    this.current?.abort.abort(reason);
    await this.draining;
  }

  private drain(): void {
    if (this.draining || !this.handler) return;
    this.draining = this.work(this.handler).finally(() => {
      this.draining = undefined;
      // What came in after the last look into the line, and before this callback, would be left there.
      if (this.waiting.length > 0) this.drain();
    });
  }

  private async work(handler: RunHandler): Promise<void> {
    for (let runId = this.next(); runId !== undefined; runId = this.next()) {
      const abort = new AbortController();
      this.current = { runId, abort };
      try {
        await handler(runId, abort.signal);
      } catch (error) {
        this.onBug(error, runId);
      } finally {
        this.current = undefined;
      }
    }
  }

  private next(): string | undefined {
    return this.stopped ? undefined : this.waiting.shift();
  }
}
