/** What the commands of `assay data` have in common. */
import { Option } from 'commander';
import { AssayError, OperationalError } from '../errors';
import { interruptible } from './interruptible';
import { wholeNumber } from './whole-number';

/** As many transfers at a time as dvc's own remotes bear without being told otherwise. */
const DEFAULT_JOBS = 4;
const MAX_JOBS = 64;

export function jobsOption(): Option {
  return new Option('--jobs <number>', 'files at a time')
    .default(DEFAULT_JOBS)
    .argParser(wholeNumber(1, MAX_JOBS));
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
