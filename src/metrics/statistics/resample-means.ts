/** Resampled means of what each sample has a value of its own for: loss and Brier score. */
import { normalQuantile } from './normal-quantile';
import type { Random } from './random';
import type { Strata } from './strata';

/** So many samples are drawn one by one: 1,000 resamples of them take about half a second. */
export const MAX_DRAWN_SAMPLES = 2 ** 16;

/**
 * Fills `means[v]` with the mean of `values[v]` over each resample; a resample draws as many samples as
 * there are, with replacement, within each stratum, the same ones for all values.
 *
 * Of more than MAX_DRAWN_SAMPLES the distribution that draws would sample is used instead: normal, with the
 * mean of the values and the variance Σ n_s σ_s² / n² over strata (σ² with n_s as its divisor). By the
 * central limit theorem it is off by the skewness over 6√n of a deviation, at 65,536 samples and a skewness
 * of 10 less than a hundredth.
 */
export function resampleMeans(
  random: Random,
  values: readonly Float64Array[],
  strata: Strata,
  means: readonly Float64Array[],
): void {
  const ordered = values.map((of) => Float64Array.from(strata.order, (i) => of[i] as number));
  if (strata.order.length > MAX_DRAWN_SAMPLES) normalMeans(random, ordered, strata, means);
  else drawnMeans(random, ordered, strata, means);
}

function drawnMeans(
  random: Random,
  values: readonly Float64Array[],
  { order, bounds }: Strata,
  means: readonly Float64Array[],
): void {
  const n = order.length;
  const drawn = new Uint32Array(n);
  for (let r = 0; r < (means[0]?.length ?? 0); r++) {
    for (let s = 0; s + 1 < bounds.length; s++) {
      random.fillWithin(drawn, bounds[s] as number, bounds[s + 1] as number);
    }
    values.forEach((of, v) => {
      (means[v] as Float64Array)[r] = sumAt(of, drawn) / n;
    });
  }
}

function sumAt(values: Float64Array, indices: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += values[indices[i] as number] as number;
  return sum;
}

function normalMeans(
  random: Random,
  values: readonly Float64Array[],
  { order, bounds }: Strata,
  means: readonly Float64Array[],
): void {
  const n = order.length;
  values.forEach((of, v) => {
    let sum = 0;
    let variance = 0;
    for (let s = 0; s + 1 < bounds.length; s++) {
      const part = of.subarray(bounds[s], bounds[s + 1]);
      const mean = part.reduce((total, value) => total + value, 0) / part.length;
      sum += mean * part.length;
      variance += part.reduce((total, value) => total + (value - mean) ** 2, 0);
    }
    const deviation = Math.sqrt(variance) / n;
    const into = means[v] as Float64Array;
    // Half a step away from 0, where the quantile is infinite.
    for (let r = 0; r < into.length; r++) {
      into[r] = sum / n + deviation * normalQuantile(random.unit() + 2 ** -54);
    }
  });
}
