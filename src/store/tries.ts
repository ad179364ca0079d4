/** What the tries to fetch one file share: how much is had, its hash, and the time that is left. */
import { createHash, type Hash } from 'node:crypto';

/** A sender of one byte now and then is given up too: after 10 minutes, and what 100 kB/s take. */
const LONGEST_MS = 10 * 60_000;
const SLOWEST_BYTES_A_MS = 100;

export class Tries {
  received = 0;
  private hash: Hash = createHash('sha256');
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly abort = () => {
    this.controller.abort();
  };

  /** @param stop ends them before their time */
  constructor(
    sizeBytes: number,
    private readonly stop: AbortSignal,
  ) {
    this.timer = setTimeout(this.abort, LONGEST_MS + sizeBytes / SLOWEST_BYTES_A_MS);
    stop.addEventListener('abort', this.abort);
    if (stop.aborted) this.abort();
  }

  /** Aborted when time is up or all is stopped. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  add(piece: Uint8Array): void {
    this.hash.update(piece);
    this.received += piece.byteLength;
  }

  /** Hex, of all that was added; ends the adding. */
  digest(): string {
    return this.hash.digest('hex');
  }

  beginAnew(): void {
    this.received = 0;
    this.hash = createHash('sha256');
  }

  end(): void {
    clearTimeout(this.timer);
    this.stop.removeEventListener('abort', this.abort);
  }
}
