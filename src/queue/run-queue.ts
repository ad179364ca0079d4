/** The port of the queue: accepted runs go in, a handler is called for each until it has ended. */

/** Ends when the run has reached a state of its own; must not reject for a run that merely failed. */
export type RunHandler = (runId: string, signal: AbortSignal) => Promise<void>;

export interface RunQueue {
  /** Starts to hand out runs. */
  start(handler: RunHandler): void;
  enqueue(runId: string): void;
  /** Asks the handler of this run to stop; false where this process does not hold the run. */
  abort(runId: string, reason: Error): boolean;
  /** Hands out nothing more, asks the running handler to stop and waits for it. */
  stop(reason: Error): Promise<void>;
}
