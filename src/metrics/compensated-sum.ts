/** Adds many numbers without losing the small ones: sums agree whatever the order or the sharding. */

/**
 * Neumaier's variant of Kahan summation: the error does not grow with the count of terms (about one unit
 * in the last place for terms of one sign), and a term may be larger than the sum so far.
 * Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
 */
export class CompensatedSum {
  private sum = 0;
  private lost = 0;

  add(term: number): void {
    const next = this.sum + term;
    this.lost +=
      Math.abs(this.sum) >= Math.abs(term) ? this.sum - next + term : term - next + this.sum;
    this.sum = next;
  }

  /** NaN once the sum has left the range of float64. */
  get value(): number {
    return this.sum + this.lost;
  }
}

/** The sum of `terms`, compensated; 0 for none. */
export function sumOf(terms: Iterable<number>): number {
  const sum = new CompensatedSum();
  for (const term of terms) sum.add(term);
  return sum.value;
}
