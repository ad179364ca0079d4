/** Mutations of bytes as such, for every format. */
import type { SeededRandom } from '../seeded-random';

/** Where sizes turn negative, overflow or stop being exact. */
export const NUMBERS = [
  0n,
  1n,
  -1n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** Flips, inserts, removes, doubles and cuts, one to four times. */
export function mutateBytes(base: Uint8Array, random: SeededRandom): Buffer {
  let bytes: Buffer = Buffer.from(base);
  for (let times = 1 + random.below(4); times > 0; times--) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.below(bytes.length);
  switch (random.below(7)) {
    case 0:
      return replaced(bytes, at, random.size(64), Buffer.alloc(0));
    case 1:
      return replaced(bytes, at, 0, random.bytes(1 + random.below(16)));
    case 2:
      return replaced(bytes, at, 1, random.bytes(1));
    case 3:
      return replaced(bytes, at, 0, bytes.subarray(at, at + random.size(256)));
    case 4:
      return random.oneIn(4) ? bytes.subarray(0, at) : bytes;
    case 5: {
      const number = Buffer.alloc(8);
      number.writeBigInt64LE(random.pick(NUMBERS));
      const length = random.pick([1, 2, 4, 8]);
      return replaced(bytes, at, length, number.subarray(0, length));
    }
    default: {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
  }
}

/** The beginning of one file and the end of another. */
export function splice(base: Uint8Array, random: SeededRandom, other: Uint8Array): Buffer {
  const head = base.subarray(0, random.below(base.length));
  return Buffer.concat([head, other.subarray(random.below(other.length))]);
}

export function replaced(
  bytes: Uint8Array,
  at: number,
  length: number,
  insert: Uint8Array,
): Buffer {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + length)]);
}
