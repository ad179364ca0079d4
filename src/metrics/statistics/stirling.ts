/** The correction to Stirling's formula: what binomial probabilities of any size are exact by. */

/** log k! − log(√(2πk) (k/e)^k) for k of 1…15, from the factorial itself, which float64 holds exactly. */
const SMALL = factorialCorrections(15);

/**
 * log k! − log(√(2πk) (k/e)^k), for whole k ≥ 1, to about 1e-15.
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000 (stirlerr).
 */
export function stirlingCorrection(k: number): number {
  const small = SMALL[k - 1];
  if (small !== undefined) return small;
  const square = k * k;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / k;
}

function factorialCorrections(last: number): number[] {
  const corrections: number[] = [];
  let factorial = 1;
  for (let k = 1; k <= last; k++) {
    factorial *= k;
    corrections.push(Math.log(factorial) - (k + 0.5) * Math.log(k) + k - Math.log(2 * Math.PI) / 2);
  }
  return corrections;
}
