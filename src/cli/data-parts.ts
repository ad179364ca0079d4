/** What the commands of `assay data` have in common. */
import { InvalidArgumentError, Option } from 'commander';
import { AssayError, OperationalError } from '../errors';
import { interruptible } from './interruptible';

/** As many transfers at a time as dvc's own remotes bear without being told otherwise. */
const DEFAULT_JOBS = 4;
const MAX_JOBS = 64;

export function jobsOption(): Option {
  return new Option('--jobs <number>', 'files at a time').default(DEFAULT_JOBS).argParser(jobs);
}

/** Ctrl-C is no fault of the program: it ends with a word of its own. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = interruptible();
  try {
    return await work(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted || error instanceof AssayError) throw error;
    throw new OperationalError(
      'DVC_INTERRUPTED',
      'Interrupted. Finished files are kept, and no half ones: run the command again to go on.',
    );
  } finally {
    interruption.end();
  }
}

export function countedFiles(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function jobs(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_JOBS) return value;
  throw new InvalidArgumentError(`a whole number from 1 to ${MAX_JOBS} is needed`);
}
