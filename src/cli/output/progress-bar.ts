/** Shows progress on a stream: a bar redrawn in place on a terminal, a plain line now and then elsewhere. */
import { printable } from './printable';
import { barLine, plainLine, type ProgressState, type ProgressUnit } from './progress-line';

/** At most 10 redraws a second: more can't be read and costs the terminal. */
const REDRAW_MS = 100;
/** Logs are kept: a line every few seconds says enough. */
const PLAIN_LINE_MS = 3_000;
const DEFAULT_WIDTH = 80;

export interface ProgressOptions {
  out: NodeJS.WritableStream;
  isTty: boolean;
  /** What is being done: "Evaluating". */
  title: string;
  total?: number;
  unit?: ProgressUnit;
  batchSize?: number;
  /** For how long it has been done already. */
  elapsedMs?: number;
  /** A clock in milliseconds. */
  now?: () => number;
}

/** Made when the work starts (the rate counts from then); call `end` whether it succeeded or not. */
export class ProgressBar {
  private readonly startedAt: number;
  private readonly now: () => number;
  private state: ProgressState;
  private writtenAt: number;
  private isStale = false;
  private isOpen = false;

  constructor(private readonly options: ProgressOptions) {
    this.now = options.now ?? (() => performance.now());
    const now = this.now();
    this.startedAt = now - (options.elapsedMs ?? 0);
    // A log gets its first line after the first interval, a terminal its bar at once.
    this.writtenAt = options.isTty ? -Infinity : now;
    this.state = {
      title: printable(options.title),
      unit: options.unit ?? 'images',
      done: 0,
      total: options.total,
      batchSize: options.batchSize,
      elapsedMs: 0,
    };
  }

  /** @param total where it became known, or changed, after the start */
  update(done: number, total: number | undefined = this.state.total): void {
    const now = this.now();
    this.state = { ...this.state, done, total, elapsedMs: now - this.startedAt };
    this.isStale = true;
    const interval = this.options.isTty ? REDRAW_MS : PLAIN_LINE_MS;
    if (now - this.writtenAt >= interval) this.write(now);
  }

  /** Writes the last state, if it was not, and leaves the cursor on a new line. */
  end(): void {
    if (this.isStale) this.write(this.now());
    if (this.isOpen) this.options.out.write('\n');
    this.isOpen = false;
  }

  private write(now: number): void {
    const { out, isTty } = this.options;
    if (isTty) {
      // One cell is left free: a full line would wrap and the next redraw would miss its start.
      const width = ((out as { columns?: number }).columns ?? DEFAULT_WIDTH) - 1;
      out.write(`\r${barLine(this.state, width)}\x1b[K`);
      this.isOpen = true;
    } else {
      out.write(`${plainLine(this.state)}\n`);
    }
    this.writtenAt = now;
    this.isStale = false;
  }
}
