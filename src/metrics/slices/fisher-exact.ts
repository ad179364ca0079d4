/** Fisher's exact test: is the share of hits in one part of the samples another than in the rest? */

/** Of two tables this close in probability neither counts as the likelier one; as scipy has it. */
const EQUAL = 1 + 1e-7;

/** Two groups, and how many of each are hits. */
export interface TwoGroups {
  hits: number;
  total: number;
  otherHits: number;
  otherTotal: number;
}

/**
 * The two-sided p: with both totals and the sum of hits fixed, the hits of the first group are hypergeometric
 * under the null, and p adds up the probabilities that are at most that of the hits found. Exact at any size,
 * and with few samples rather too large than too small. 0 stands for less than about 1e-300.
 * Source: R. A. Fisher, "The Design of Experiments", 1935; scipy.stats.fisher_exact, R's fisher.test.
 *
 * Probabilities are taken relative to the likeliest and divided by their sum, walking down from it by the
 * ratio of neighbours: no factorial, and no difference of large logarithms.
 *
 * @param groups whole numbers, each `hits` at most its total
 */
export function fisherExact({ hits, total, otherHits, otherTotal }: TwoGroups): number {
  const allHits = hits + otherHits;
  const low = Math.max(0, allHits - otherTotal);
  const high = Math.min(allHits, total);
  if (low === high) return 1;
  /** P(k + 1) / P(k) */
  const ratio = (k: number): number =>
    ((total - k) * (allHits - k)) / ((k + 1) * (otherTotal - allHits + k + 1));
  const mode = Math.min(
    high,
    Math.max(low, Math.floor(((total + 1) * (allHits + 1)) / (total + otherTotal + 2))),
  );
  const weights = [1];
  // What lies beyond the smallest float64 is 0, on either side.
  let found = hits === mode ? 1 : 0;
  const keep = (k: number, weight: number): void => {
    weights.push(weight);
    if (k === hits) found = weight;
  };
  for (let k = mode, w = 1; k < high && w > 0; k++) keep(k + 1, (w *= ratio(k)));
  for (let k = mode, w = 1; k > low && w > 0; k--) keep(k - 1, (w /= ratio(k - 1)));
  let sum = 0;
  let asUnlikely = 0;
  // The small ones first, lest they be lost beside the large.
  for (const one of weights.sort((a, b) => a - b)) {
    sum += one;
    if (one <= found * EQUAL) asUnlikely = sum;
  }
  return Math.min(1, asUnlikely / sum);
}
