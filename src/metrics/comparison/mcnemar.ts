/** McNemar's exact test: do two classifiers err equally often on the same samples? */
import { stirlingCorrection } from '../statistics/stirling';

export interface McNemar {
  /** Samples that A alone has right. */
  onlyA: number;
  /** Samples that B alone has right. */
  onlyB: number;
  /** Two-sided p; 1 where they differ on no sample. */
  pExact: number;
}

/**
 * Under the null each of the n = onlyA + onlyB samples on which one alone is right is A's or B's like a
 * coin's side: p = min(1, 2 · P(X ≤ min(onlyA, onlyB))), X binomial of n trials with ½. Exact at any n, and
 * with few such samples rather too large than too small.
 * Source: Q. McNemar, 1947; scipy.stats.binomtest(min, n, 0.5), statsmodels' mcnemar(exact=True).
 */
export function mcnemarExact(onlyA: number, onlyB: number): McNemar {
  const trials = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // From the largest term down: they shrink at least by fewer / (trials − fewer + 1).
  let term = fairBinomialProbability(fewer, trials);
  let tail = 0;
  for (let k = fewer; k >= 0 && term > tail * Number.EPSILON; k--) {
    tail += term;
    term *= k / (trials - k + 1);
  }
  return { onlyA, onlyB, pExact: onlyA === onlyB ? 1 : Math.min(1, 2 * tail) };
}

/**
 * P(X = k), X binomial of n trials with ½; without a cancelling difference of large logarithms, so that it
 * holds to about 1e-13 of its size at a million trials.
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000, for p = ½.
 */
function fairBinomialProbability(k: number, n: number): number {
  if (k === 0) return 2 ** -n;
  const rest = n - k;
  const skew = (rest - k) / n;
  const deviance = (n / 2) * ((1 - skew) * Math.log1p(-skew) + (1 + skew) * Math.log1p(skew));
  const corrections = stirlingCorrection(n) - stirlingCorrection(k) - stirlingCorrection(rest);
  return Math.sqrt(n / (2 * Math.PI * k * rest)) * Math.exp(corrections - deviance);
}
