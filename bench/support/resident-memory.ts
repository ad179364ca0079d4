/** How much memory processes have in use, over time. Reads /proc, thus works on Linux. */
import { readFile } from 'node:fs/promises';

export interface MemorySample {
  /** Since the log was started. */
  seconds: number;
  /** By the name of the process. */
  megabytes: Record<string, number>;
}

const INTERVAL_MS = 250;

export class ResidentMemory {
  private readonly samples: MemorySample[] = [];
  private readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pids: Readonly<Record<string, number>>) {
    this.timer = setInterval(() => {
      // A process that has ended has no memory to look at.
      this.look().catch(() => undefined);
    }, INTERVAL_MS);
  }

  get seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  private async look(): Promise<void> {
    const megabytes: Record<string, number> = {};
    for (const [name, pid] of Object.entries(this.pids)) megabytes[name] = await residentOf(pid);
    this.samples.push({ seconds: this.seconds, megabytes });
  }

  /** The sample nearest to a time. */
  at(seconds: number): MemorySample {
    return this.samples.reduce((best, sample) =>
      Math.abs(sample.seconds - seconds) < Math.abs(best.seconds - seconds) ? sample : best,
    );
  }

  /** @returns what a process had, from one time to another */
  between(name: string, from: number, to: number): { seconds: number; megabytes: number }[] {
    return this.samples
      .filter(({ seconds }) => seconds >= from && seconds <= to)
      .map(({ seconds, megabytes }) => ({ seconds, megabytes: megabytes[name] ?? Number.NaN }));
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** Least squares. @returns megabytes a minute */
export function slopeOf(points: readonly { seconds: number; megabytes: number }[]): number {
  const mean = (pick: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const x = mean(({ seconds }) => seconds);
  const y = mean(({ megabytes }) => megabytes);
  const both = mean(({ seconds, megabytes }) => (seconds - x) * (megabytes - y));
  return (60 * both) / mean(({ seconds }) => (seconds - x) ** 2);
}
