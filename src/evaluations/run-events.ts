/** Tells listeners in this process that a run has changed; the database stays the truth. */
import { EventEmitter } from 'node:events';

/** Node's emitters forbid no name, but `error` is one that throws. */
const eventOf = (runId: string) => `run ${runId}`;
const ANY = 'any';

export class RunEvents {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  /** The row of the run, or of one of its shards, has changed. */
  changed(runId: string): void {
    this.emitter.emit(eventOf(runId));
  }

  /** Any run may have changed: word of it may have been missed. */
  missed(): void {
    this.emitter.emit(ANY);
  }

  /** @returns a function that ends the listening */
  listen(runId: string, listener: () => void): () => void {
    const event = eventOf(runId);
    this.emitter.on(event, listener);
    this.emitter.on(ANY, listener);
    return () => {
      this.emitter.off(event, listener);
      this.emitter.off(ANY, listener);
    };
  }
}
