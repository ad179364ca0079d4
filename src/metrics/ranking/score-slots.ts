/**
 * Finds where a probability belongs among many sorted ones: a table by size first, then a binary search.
 */

/** Below this many thresholds the search alone is quicker than filling the table. */
const TABLE_FROM = 64;
/** Bits of the mantissa that a bucket spans: 2^9 buckets from one power of two to the next. */
const SHIFT = 11;
/** The upper words of 2^-40 and of 2: what lies outside goes to the first and the last bucket. */
const LOWEST = (1023 - 40) << 20;
const BUCKETS = (((1023 + 1) << 20) - LOWEST) >> SHIFT;
/** Float64 in two 32-bit words: where the upper one lies depends on the machine's byte order. */
const UPPER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * A function that gives the first index in `thresholds` whose value is at least scores[i], or their count.
 * On a million scores the table saves most of the 17 steps of the search, each a branch that is guessed
 * wrongly.
 *
 * @param thresholds ascending and distinct; they and the scores start at a multiple of 8 bytes, as their
 *   type has it
 */
export function slotsOf(thresholds: Float64Array, scores: Float64Array): (i: number) => number {
  const count = thresholds.length;
  if (count < TABLE_FROM) return (i) => lowerBound(thresholds, scores[i] as number, 0, count);
  const starts = bucketStarts(thresholds);
  const words = wordsOf(scores);
  return (i) => {
    const bucket = bucketOf(words[2 * i + UPPER] as number);
    const end = starts[bucket + 1] as number;
    return lowerBound(thresholds, scores[i] as number, starts[bucket] as number, end);
  };
}

/**
 * For each bucket the index of the first threshold in it or in a later one; one entry more than buckets.
 */
function bucketStarts(thresholds: Float64Array): Uint32Array {
  const words = wordsOf(thresholds);
  const starts = new Uint32Array(BUCKETS + 1);
  let next = 0;
  for (let i = 0; i < thresholds.length; i++) {
    const bucket = bucketOf(words[2 * i + UPPER] as number);
    while (next <= bucket) starts[next++] = i;
  }
  return starts.fill(thresholds.length, next);
}

/**
 * Never falls while the number grows: the words of positive float64 numbers are in their order, negatives
 * are below.
 */
function bucketOf(upperWord: number): number {
  if (upperWord <= LOWEST) return 0;
  const bucket = (upperWord - LOWEST) >> SHIFT;
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

function wordsOf(numbers: Float64Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
}

/** The first index of [from, to) whose value is at least `value`, or `to`. */
export function lowerBound(sorted: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
