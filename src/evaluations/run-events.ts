/** Tells listeners in this process what happens to runs; the database stays the truth. */
import { EventEmitter } from 'node:events';

export interface RunEvent {
  runId: string;
  /** Absent where the state changed. */
  samplesDone?: number;
}

export class RunEvents {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  /** The row of the run has changed. */
  changed(runId: string): void {
    this.emitter.emit('event', { runId } satisfies RunEvent);
  }

  progress(runId: string, samplesDone: number): void {
    this.emitter.emit('event', { runId, samplesDone } satisfies RunEvent);
  }

  /** @returns a function that ends the listening */
  listen(runId: string, listener: (event: RunEvent) => void): () => void {
    const filtered = (event: RunEvent) => {
      if (event.runId === runId) listener(event);
    };
    this.emitter.on('event', filtered);
    return () => this.emitter.off('event', filtered);
  }
}
