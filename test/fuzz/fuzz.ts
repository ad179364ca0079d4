/** Gives a reader mutated files one after another, and holds it to what it promises of each. */
import { setImmediate as turn } from 'node:timers/promises';
import type { FuzzFile } from './fuzz-file';
import { readThrough } from './read-through';
import { filesFor, type ReaderName } from './readers';

/** Longer than any of these small files may take. */
const MAX_MS = 1_000;
/** Over what the process had before the first file. */
const MAX_GROWTH_BYTES = 512 * 2 ** 20;

export interface FuzzRequest {
  reader: ReaderName;
  seed: number;
  /** Index of the first file. */
  from: number;
  count: number;
}

type Read = (file: FuzzFile) => Promise<string | undefined>;

export interface Failure {
  index: number;
  /** Of mutation. */
  kind: string;
  reason: string;
  file: FuzzFile;
}

export interface FuzzReport {
  reader: ReaderName;
  files: number;
  accepted: number;
  /** Refusals by their code. */
  refused: ReadonlyMap<string, number>;
  slowest: { ms: number; index: number };
  /** Resident memory beyond that of the start. */
  peakGrowthBytes: number;
  ms: number;
  failures: readonly Failure[];
}

/** How many files are read before the process looks for messages. */
const TURN_FILES = 500;
/** Many failures have one cause. */
const MAX_FAILURES = 20;

/**
 * @param onFile told the index before each file is read, so that whoever waits knows where a reader hangs
 * @param read gives the code of the refusal, or undefined; what it throws is a failure
 */
export async function fuzz(
  request: FuzzRequest,
  onFile: (index: number) => void = () => undefined,
  read: Read = readThrough,
): Promise<FuzzReport> {
  const { reader, seed, from, count } = request;
  const fileAt = filesFor(reader, seed);
  const refused = new Map<string, number>();
  const failures: Failure[] = [];
  const memory = new MemoryWatch();
  const started = performance.now();
  let accepted = 0;
  let files = 0;
  let slowest = { ms: 0, index: from };
  for (let index = from; index < from + count && failures.length < MAX_FAILURES; index++) {
    if (index % TURN_FILES === 0) await turn();
    onFile(index);
    const file = fileAt(index);
    const fail = (reason: string): void => {
      failures.push({ index, kind: file.kind, reason, file });
    };
    memory.before();
    const { code, bug, ms } = await timed(file, read);
    files++;
    if (bug !== undefined) fail(bug);
    else if (code === undefined) accepted++;
    else refused.set(code, (refused.get(code) ?? 0) + 1);
    if (ms > slowest.ms) slowest = { ms, index };
    if (ms > MAX_MS) fail(`it took ${Math.round(ms)} ms`);
    const growth = memory.growthOfLast();
    if (growth > MAX_GROWTH_BYTES) fail(`it took ${Math.round(growth / 2 ** 20)} MB of memory`);
  }
  const ms = performance.now() - started;
  const peakGrowthBytes = memory.peakGrowthBytes;
  return { reader, files, accepted, refused, slowest, peakGrowthBytes, ms, failures };
}

interface Timed {
  code?: string | undefined;
  bug?: string;
  ms: number;
}

/** What was slow once is read once more: a busy machine slows any process down now and then. */
async function timed(file: FuzzFile, read: Read): Promise<Timed> {
  const first = await timedOnce(file, read);
  if (first.ms <= MAX_MS) return first;
  const second = await timedOnce(file, read);
  return second.ms < first.ms ? second : first;
}

/** By the clock or by the processor, whichever is less: readers do not wait, and the machine may. */
async function timedOnce(file: FuzzFile, read: Read): Promise<Timed> {
  const started = performance.now();
  const usage = process.cpuUsage();
  const elapsed = (): number => {
    const { user, system } = process.cpuUsage(usage);
    return Math.min(performance.now() - started, (user + system) / 1000);
  };
  try {
    const code = await read(file);
    return { code, ms: elapsed() };
  } catch (error) {
    const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { bug, ms: elapsed() };
  }
}

/** The process's resident memory; its highest mark shows what a file took even where it gave it back. */
class MemoryWatch {
  private readonly baseline = process.memoryUsage.rss();
  private highest = maxRss();
  private peak = this.baseline;

  before(): void {
    this.highest = maxRss();
  }

  /** 0 where the file did not raise the mark: then an earlier one has taken more, and was told. */
  growthOfLast(): number {
    const highest = maxRss();
    const isHigher = highest > this.highest;
    this.peak = Math.max(this.peak, isHigher ? highest : process.memoryUsage.rss());
    return isHigher ? highest - this.baseline : 0;
  }

  get peakGrowthBytes(): number {
    return this.peak - this.baseline;
  }
}

function maxRss(): number {
  return process.resourceUsage().maxRSS * 1024;
}
