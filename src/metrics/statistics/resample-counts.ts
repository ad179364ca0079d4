/** Resamples, four at a time: how often each sample is drawn. */
import type { Random } from './random';
import type { Strata } from './strata';

/** Resamples that one word counts, a byte each: that a sample is drawn 256 times has a chance below 1e-500. */
export const PACKED = 4;
/** The first and the third byte: two sums of 16 bits grow side by side. */
export const PAIR = 0x00ff_00ff;

/**
 * So many samples are drawn one by one: sums of counts have 16 bits then, and 1,000 resamples take about
 * half a second.
 */
export const MAX_DRAWN_SAMPLES = 2 ** 16 - 1;

/**
 * Takes four resamples.
 *
 * @param words by place in the strata's order: byte f counts how often the sample is in resample first + f
 * @param first the index of the first of the four; those past the last resample are empty
 */
export type TakeCounts = (words: Int32Array, first: number) => void;

/**
 * Draws resamples: each as many samples as there are, with replacement, within each stratum.
 */
export function drawResamples(
  random: Random,
  { order, bounds }: Strata,
  resamples: number,
  takers: readonly TakeCounts[],
): void {
  const words = new Int32Array(order.length);
  for (let first = 0; first < resamples; first += PACKED) {
    words.fill(0);
    for (let f = 0; f < PACKED && first + f < resamples; f++) {
      for (let s = 0; s + 1 < bounds.length; s++) {
        random.addWithin(words, bounds[s] as number, bounds[s + 1] as number, 1 << (8 * f));
      }
    }
    for (const take of takers) take(words, first);
  }
}
