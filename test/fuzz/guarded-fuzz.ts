/**
 * Fuzzes in a process of its own with little memory, so that a reader that hangs, eats the memory or takes the whole
 * process with it is a finding like any other.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FuzzReport, FuzzRequest } from './fuzz';
import type { ProcessAnswer, ProcessOrder } from './fuzz-process';
import { readProgress } from './progress-file';
import { filesFor } from './readers';

/** Of the JavaScript heap, of which the fuzzer needs 60: with more, a busy machine collects its garbage too late. */
const HEAP_MB = 192;
/** Far beyond the second that a file may take: a file that is slow, but ends, is told by the process itself. */
const HANG_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/**
 * @returns the process's report; where it hangs or dies, a report with that one failure
 * @throws Error where the fuzzer itself has a bug
 */
export async function guardedFuzz(request: FuzzRequest): Promise<FuzzReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-fuzz-progress-'));
  const progressFile = path.join(folder, 'index');
  const started = performance.now();
  try {
    const outcome = await answerOf({ request, progressFile });
    if ('report' in outcome) return outcome.report;
    if ('bug' in outcome) throw new Error(`the fuzzer has a bug: ${outcome.bug}`);
    const index = readProgress(progressFile);
    if (index === undefined) throw new Error(`the fuzzer did not start: ${outcome.end}`);
    return failed(request, index, outcome.end, performance.now() - started);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function answerOf(order: ProcessOrder): Promise<ProcessAnswer | { end: string }> {
  const child = fork(path.join(__dirname, 'fuzz-process.ts'), {
    execArgv: ['-r', '@swc-node/register', `--max-old-space-size=${HEAP_MB}`],
    // Reports hold maps and bytes.
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    const settle = (outcome: ProcessAnswer | { end: string }): void => {
      clearInterval(watch);
      resolve(outcome);
    };
    const watch = watchOver(order.progressFile, () => {
      settle({ end: `it hangs: no end after ${HANG_MS / 1000} s` });
      child.kill('SIGKILL');
    });
    child.once('message', (answer) => {
      settle(answer as ProcessAnswer);
    });
    child.once('exit', (code, signal) => {
      settle({ end: `the process died (${signal ?? `exit code ${code ?? '?'}`})` });
    });
    child.once('error', reject);
    child.send(order);
  });
}

function watchOver(progressFile: string, onHang: () => void): ReturnType<typeof setInterval> {
  let last = { index: readProgress(progressFile), since: performance.now() };
  return setInterval(() => {
    const index = readProgress(progressFile);
    if (index !== last.index) last = { index, since: performance.now() };
    else if (performance.now() - last.since > HANG_MS) onHang();
  }, LOOK_EVERY_MS);
}

function failed(
  { reader, seed, from }: FuzzRequest,
  index: number,
  reason: string,
  ms: number,
): FuzzReport {
  const file = filesFor(reader, seed)(index);
  return {
    reader,
    files: index - from + 1,
    accepted: 0,
    refused: new Map(),
    slowest: { ms: 0, index },
    peakGrowthBytes: 0,
    ms,
    failures: [{ index, kind: file.kind, reason, file }],
  };
}
