/** Random binomial and multinomial counts: what resampling samples of a few kinds amounts to. */
import type { Random } from './random';
import { stirlingCorrection } from './stirling';

/** Below this mean walking up from 0 is quicker than rejection, which needs at least this mean. */
const WALK_BELOW = 10;

/** How many of `trials` succeed, each with probability `p` (taken as 0 below and as 1 above it). */
export function binomial(random: Random, trials: number, p: number): number {
  if (trials <= 0 || !(p > 0)) return 0;
  if (p >= 1) return trials;
  if (p > 0.5) return trials - binomial(random, trials, 1 - p);
  return trials * p < WALK_BELOW ? walk(random, trials, p) : reject(random, trials, p);
}

/**
 * Counts of each of several kinds among `trials` draws with replacement, written into `counts` from `start`
 * on.
 *
 * @param weights how often each kind occurs, from `start` to `end` (excluded); their sum is `total`, above
 *   0
 */
export function multinomial(
  random: Random,
  trials: number,
  weights: ArrayLike<number>,
  total: number,
  counts: Float64Array,
  start: number,
  end: number,
): void {
  let left = trials;
  let weightLeft = total;
  for (let i = start; i < end; i++) {
    const weight = weights[i] as number;
    // The last kind takes what is left, whatever rounding made of the weights.
    const count = i === end - 1 ? left : binomial(random, left, weight / weightLeft);
    counts[i] = count;
    left -= count;
    weightLeft -= weight;
  }
}

/**
 * Inversion: probabilities of 0, 1, 2, … are taken off one uniform number. Source: Kachitvichyanukul &
 * Schmeiser, 1988 (BINV).
 */
function walk(random: Random, trials: number, p: number): number {
  const odds = p / (1 - p);
  // At least e^-14, since trials · p < 10 and p ≤ 1/2.
  let probability = Math.exp(trials * Math.log1p(-p));
  let rest = random.unit();
  let count = 0;
  while (rest >= probability && count < trials) {
    rest -= probability;
    count++;
    probability *= (odds * (trials - count + 1)) / count;
  }
  return count;
}

/**
 * Transformed rejection: exact, about 1.15 tries whatever the mean.
 * Source: W. Hörmann, "The generation of binomial random variates", 1993 (algorithm BTRS).
 */
function reject(random: Random, trials: number, p: number): number {
  const deviation = Math.sqrt(trials * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = trials * p + 0.5;
  const acceptBelow = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((trials + 1) * p);
  const odds = p / (1 - p);
  for (;;) {
    const u = random.unit() - 0.5;
    const v = random.unit();
    const distance = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / distance + b) * u + centre);
    if (count < 0 || count > trials) continue;
    if (distance >= 0.07 && v <= acceptBelow) return count;
    const bound = Math.log((v * alpha) / (a / (distance * distance) + b));
    if (bound <= logRatio(count, mode, trials, odds)) return count;
  }
}

/** log of P(count) / P(mode). */
function logRatio(count: number, mode: number, trials: number, odds: number): number {
  return (
    logFactorial(mode) +
    logFactorial(trials - mode) -
    logFactorial(count) -
    logFactorial(trials - count) +
    (count - mode) * Math.log(odds)
  );
}

/** log k! by Stirling's formula; the constant ½ log 2π is left out, since it cancels in the ratio. */
function logFactorial(k: number): number {
  const at = Math.max(k, 1);
  return (at + 0.5) * Math.log(at) - at + stirlingCorrection(at);
}
