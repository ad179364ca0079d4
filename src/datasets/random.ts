/** A small random generator of integers: the same numbers on every platform and in every engine. */

export interface Random {
  /** 32 random bits, as an integer of [0, 2^32). */
  bits(): number;
  /** An integer of [0, count), for count up to 2^21. */
  below(count: number): number;
  /** An integer of [low, high], both included. */
  between(low: number, high: number): number;
}

/**
 * Chris Doty-Humphrey's sfc32 (PractRand), seeded by integers and run in as its author advises. Integer
 * operations only, so there is no last bit that could differ.
 *
 * @param stream tells uses of one seed apart
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = stream | 0;
  let b = seed | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;

  function next(): number {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  }
  for (let round = 0; round < 12; round++) next();

  // The product stays below 2^53, hence exact, up to 2^21; the bias of at most count/2^32 does no harm here.
  const below = (count: number): number => Math.floor((next() * count) / 2 ** 32);
  return { bits: next, below, between: (low, high) => low + below(high - low + 1) };
}
