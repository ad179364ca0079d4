/** Mutations of pickles by their opcodes, numbers and names. */
import type { SeededRandom } from '../seeded-random';
import { NUMBERS, replaced } from './bytes';

/** Opcodes that are allowed, and some that are not. */
const OPCODES = [...Buffer.from('().NJKMGXte]a}sucRbQqrhjC0129IVOoiP'), ...range(0x80, 0x98)];
const NAMES = [
  'os',
  'builtins',
  'FloatStorage',
  'HalfStorage',
  'LongStorage',
  'IntStorage',
  'OrderedDict',
  '',
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export function mutateOpcodes(pickle: Buffer, random: SeededRandom): Buffer {
  let bytes = pickle;
  for (let times = 1 + random.below(6); times > 0; times--) {
    const opcodes = Buffer.from(
      Array.from({ length: 1 + random.below(5) }, () => random.pick(OPCODES)),
    );
    bytes = replaced(bytes, 2 + random.below(bytes.length), random.below(3), opcodes);
  }
  return bytes;
}

/** Puts a number of eight bytes (LONG1) in the place of one of one byte (BININT1). */
export function mutateNumbers(pickle: Buffer, random: SeededRandom): Buffer {
  let bytes = pickle;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = bytes.indexOf('K', random.below(bytes.length));
    if (at < 0) continue;
    const long = Buffer.alloc(10);
    long.set([0x8a, 8]);
    long.writeBigInt64LE(random.pick([...NUMBERS, BigInt(random.below(1 << 20))]), 2);
    bytes = replaced(bytes, at, 2, long);
  }
  return bytes;
}

/** Puts other words into the lines of a GLOBAL. */
export function mutateNames(pickle: Buffer, random: SeededRandom): Buffer {
  const starts: number[] = [];
  for (let at = pickle.indexOf('c'); at >= 0; at = pickle.indexOf('c', at + 1)) starts.push(at + 1);
  const from = random.pick([2, ...starts]);
  const end = pickle.indexOf('\n', from);
  const at = random.oneIn(2) ? from : end + 1;
  const lineEnd = pickle.indexOf('\n', at);
  if (end < 0 || lineEnd < at) return pickle;
  return replaced(pickle, at, lineEnd - at, Buffer.from(random.pick(NAMES)));
}

/** Many of the same opcodes: what a machine without limits would answer with memory or time. */
export function floodOpcodes(pickle: Buffer, random: SeededRandom): Buffer {
  const opcodes = random.pick([
    [0x28],
    [0x5d],
    [0x7d],
    [0x29],
    [0x4e, 0x85],
    [0x86],
    [0x94],
    [0x68, 0x01],
    [0x5d, 0x94],
  ]);
  const flood = Buffer.alloc(opcodes.length * random.size(200_000), Buffer.from(opcodes));
  return replaced(pickle, 2 + random.below(pickle.length), 0, flood);
}
