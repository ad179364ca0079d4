/** Cuts samples into groups of about equal size by a figure of theirs. */

/** A code a sample, 0 to groups.length − 1, and what the groups are. */
export interface QuantileGroups {
  codes: Uint8Array;
  /** From the lowest up; of equal cuts the groups between them are empty. */
  groups: QuantileGroup[];
}

export interface QuantileGroup {
  /** Above it, and in the first group from it on. */
  lower: number;
  /** Up to it, included. */
  upper: number;
}

/**
 * Groups between the quantiles of 0, 1/count, …, 1, each interpolated between the two nearest of the ordered
 * values. Equal values are never parted, so the groups' sizes differ where many are equal.
 * Source: pandas.qcut; the quantiles are R's type 7, numpy's `linear`.
 *
 * @param values finite; none gives no groups
 * @param count of groups, 1 to 255
 */
export function quantileGroups(values: Float64Array, count = 4): QuantileGroups {
  const codes = new Uint8Array(values.length);
  if (values.length === 0) return { codes, groups: [] };
  const sorted = values.slice().sort();
  const cuts = Array.from({ length: count + 1 }, (_, i) => quantile(sorted, i, count));
  const groups = cuts.slice(1).map((upper, i) => ({ lower: cuts[i] as number, upper }));
  const inner = cuts.slice(1, -1);
  values.forEach((value, i) => {
    let code = 0;
    while (code < inner.length && value > (inner[code] as number)) code++;
    codes[i] = code;
  });
  return { codes, groups };
}

/** Of `part` / `parts`; the place is split into a whole and a rest without rounding. */
function quantile(sorted: Float64Array, part: number, parts: number): number {
  const place = part * (sorted.length - 1);
  const below = Math.floor(place / parts);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * ((place % parts) / parts);
}
