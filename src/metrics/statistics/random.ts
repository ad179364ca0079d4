/** Random numbers for resampling: the same seed gives the same intervals on every machine. */

/**
 * Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, a period of at least 2^32 and 2^127 on
 * average, integer operations only. Seeded by two whole numbers, of which the low 32 bits count, and run in
 * as its author advises.
 */
export class Random {
  /** A typed array, since a field of 32 bits is a boxed number to V8. */
  private readonly state: Int32Array;

  /**
   * @param stream tells uses of one seed apart, so that one more draw in one place changes nothing
   * elsewhere
   */
  constructor(seed: number, stream = 0) {
    this.state = Int32Array.of(stream, seed, 0x9e3779b9, 1);
    for (let round = 0; round < 15; round++) this.next();
  }

  /** A whole number of [0, 2^32). */
  next(): number {
    const s = this.state as unknown as [number, number, number, number];
    const result = (((s[0] + s[1]) | 0) + s[3]) | 0;
    s[3] = (s[3] + 1) | 0;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = (s[2] + (s[2] << 3)) | 0;
    s[2] = (((s[2] << 21) | (s[2] >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A number of [0, 1) with 53 random bits. */
  unit(): number {
    const high = this.next() >>> 5;
    const low = this.next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A whole number of [0, count); the bias of at most count/2^32 is far below what resampling can show. */
  below(count: number): number {
    return Math.floor((this.next() * count) / 2 ** 32);
  }

  /**
   * Draws end − start entries of words[start…end) with replacement, each as start + below(end − start)
   * would, and adds `unit` to what is drawn: with the state in local variables, in half the time.
   */
  addWithin(words: Int32Array, start: number, end: number, unit: number): void {
    const s = this.state as unknown as [number, number, number, number];
    let [a, b, c, counter] = s;
    const scale = (end - start) / 2 ** 32;
    for (let i = start; i < end; i++) {
      const result = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + result) | 0;
      const drawn = start + (((result >>> 0) * scale) | 0);
      words[drawn] = ((words[drawn] as number) + unit) | 0;
    }
    this.state.set([a, b, c, counter]);
  }
}
