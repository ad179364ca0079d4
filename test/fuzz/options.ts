/** What `npm run fuzz` is asked for. */
import { parseArgs } from 'node:util';
import { UserError } from '../../src/errors';
import { READER_NAMES, type ReaderName } from './readers';

export interface FuzzOptions {
  readers: readonly ReaderName[];
  seed: number;
  from: number;
  count: number;
}

const DEFAULT_COUNT = 5_000;
const DEFAULT_SEED = 1;
const LARGEST = 2 ** 31 - 1;

export const USAGE = `npm run fuzz -- [options]
  --reader NAME  ${READER_NAMES.join(', ')} or all (default)
  --count N      files a reader (default ${DEFAULT_COUNT})
  --seed N       another seed, other files (default ${DEFAULT_SEED})
  --from N       index of the first file (default 0): a failure again is its index with --count 1`;

/** @throws UserError FUZZ_OPTION_INVALID */
export function parseOptions(args: readonly string[]): FuzzOptions {
  const values = parsed(args);
  const whole = (name: 'seed' | 'from' | 'count', fallback: number, low: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (/^\d{1,10}$/.test(text) && Number(text) >= low && Number(text) <= LARGEST) {
      return Number(text);
    }
    throw invalid(`--${name} must be a whole number from ${low} to ${LARGEST}`);
  };
  return {
    readers: readersOf(values.reader ?? 'all'),
    seed: whole('seed', DEFAULT_SEED, 0),
    from: whole('from', 0, 0),
    count: whole('count', DEFAULT_COUNT, 1),
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { reader: text, seed: text, from: text, count: text };
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function readersOf(name: string): readonly ReaderName[] {
  if (name === 'all') return READER_NAMES;
  const found = READER_NAMES.filter((reader) => reader === name);
  if (found.length > 0) return found;
  throw invalid(`--reader must be ${READER_NAMES.join(', ')} or all`);
}

function invalid(reason: string): UserError {
  return new UserError('FUZZ_OPTION_INVALID', `${reason}.\n${USAGE}`);
}
