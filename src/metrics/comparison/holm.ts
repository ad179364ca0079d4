/** Several comparisons at once: p-values that are honest about how many were made. */

/**
 * Adjusted p-values in the order given: of m, the i-th smallest is multiplied by m − i + 1, none is below a
 * smaller one's, none above 1. Those of at most α may all be called significant: the chance of any false
 * one is at most α, however the tests depend on each other.
 * Source: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979; R's p.adjust(method =
 * "holm").
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  order.forEach((index, i) => {
    least = Math.max(least, Math.min(1, (pValues.length - i) * (pValues[index] as number)));
    adjusted[index] = least;
  });
  return adjusted;
}
