/** Resampled means of what each sample has a value of its own for: loss and Brier score. */
import { normalQuantile } from './normal-quantile';
import type { Random } from './random';
import { drawResamples, MAX_DRAWN_SAMPLES, PACKED, type TakeCounts } from './resample-counts';
import type { Strata } from './strata';

/**
 * Fills `means[v]` with the mean of `values[v]` over each resample; a resample draws as many samples as
 * there are, with replacement, within each stratum, the same ones for all values. Of more than
 * MAX_DRAWN_SAMPLES the normal limit stands in (`normalMeans`).
 */
export function resampleMeans(
  random: Random,
  values: readonly Float64Array[],
  strata: Strata,
  means: readonly Float64Array[],
): void {
  const each = values.map((of, v) => [of, means[v] as Float64Array] as const);
  if (strata.order.length > MAX_DRAWN_SAMPLES) {
    for (const [of, into] of each) normalMeans(random, of, strata, into);
  } else {
    const takers = each.map(([of, into]) => takeMeans(of, strata, into));
    drawResamples(random, strata, means[0]?.length ?? 0, takers);
  }
}

/** Fills `means` with the mean of `values`, one a sample, over each resample that is drawn. */
export function takeMeans(
  values: Float64Array,
  { order }: Strata,
  means: Float64Array,
): TakeCounts {
  const n = order.length;
  const ordered = Float64Array.from(order, (i) => values[i] as number);
  return (words, first) => {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < n; i++) {
      const word = words[i] as number;
      const value = ordered[i] as number;
      a += (word & 0xff) * value;
      b += ((word >>> 8) & 0xff) * value;
      c += ((word >>> 16) & 0xff) * value;
      d += (word >>> 24) * value;
    }
    const sums = [a, b, c, d];
    for (let f = 0; f < PACKED && first + f < means.length; f++) {
      means[first + f] = (sums[f] as number) / n;
    }
  };
}

/**
 * Fills `means` with what resampled means are distributed as where there are many samples: with the mean of
 * the values and, over strata, the variance Σ n_s σ_s² / n² and the third central moment Σ n_s μ_s / n³ (of
 * σ² and μ the divisor is n_s). Normal numbers z are bent to z + γ · (z² − 1) / 6 by the skewness γ; what is
 * left is of the order 1/n.
 * Source: E. A. Cornish & R. A. Fisher, 1938; P. Hall, "The Bootstrap and Edgeworth Expansion", 1992, 2.5.
 */
export function normalMeans(
  random: Random,
  values: Float64Array,
  { order, bounds }: Strata,
  means: Float64Array,
): void {
  const n = order.length;
  let sum = 0;
  let squares = 0;
  let cubes = 0;
  for (let s = 0; s + 1 < bounds.length; s++) {
    const [start, end] = [bounds[s] as number, bounds[s + 1] as number];
    let total = 0;
    for (let i = start; i < end; i++) total += values[order[i] as number] as number;
    const mean = total / (end - start);
    for (let i = start; i < end; i++) {
      const distance = (values[order[i] as number] as number) - mean;
      squares += distance * distance;
      cubes += distance * distance * distance;
    }
    sum += total;
  }
  const deviation = Math.sqrt(squares) / n;
  const skewness = squares > 0 ? cubes / squares ** 1.5 : 0;
  for (let r = 0; r < means.length; r++) {
    const z = normal(random);
    means[r] = sum / n + deviation * (z + (skewness * (z * z - 1)) / 6);
  }
}

/** A standard normal number. */
export function normal(random: Random): number {
  // Half a step away from 0, where the quantile is infinite.
  return normalQuantile(random.unit() + 2 ** -54);
}
