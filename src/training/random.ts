/** A seeded source of random numbers: the same seed gives the same numbers on every machine. */

/**
 * xoshiro128** over four 32-bit words, filled by SplitMix32.
 * Source: Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021.
 */
export class Random {
  private readonly state: Uint32Array;

  /** @param seed a whole number; its low 32 bits count */
  constructor(seed: number) {
    let x = seed >>> 0;
    this.state = Uint32Array.from({ length: 4 }, () => {
      x = (x + 0x9e3779b9) >>> 0;
      return scramble(x);
    });
  }

  /** @returns a whole number below 2^32 */
  next(): number {
    const s = this.state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /** @returns a whole number below `bound`, each equally likely: the last partial range is redrawn */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let drawn = this.next();
    while (drawn >= limit) drawn = this.next();
    return drawn % bound;
  }

  /** Puts the items into random order, in place (Fisher–Yates). */
  shuffle(items: Uint32Array): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const item = items[last] as number;
      items[last] = items[other] as number;
      items[other] = item;
    }
  }
}

/**
 * A seed of its own for each use, so that one more draw in one place changes nothing elsewhere.
 *
 * @returns a whole number below 2^31, as tfjs's initialisers want it
 */
export function seedFor(seed: number, use: string): number {
  let hash = scramble(seed >>> 0);
  for (const char of use) hash = scramble((hash ^ (char.codePointAt(0) as number)) >>> 0);
  return hash >>> 1;
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the result. */
function scramble(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
