/** Sums and normalisations of a K×K confusion matrix of integer counts, rows true, columns predicted. */

export type Normalization = 'true' | 'pred' | 'all';

/** Σ over columns: how many samples truly belong to each class (K). */
export function rowSums(matrix: readonly (readonly number[])[]): number[] {
  return matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
}

/** Σ over rows: how often each class was predicted (K). */
export function columnSums(matrix: readonly (readonly number[])[]): number[] {
  const sums = new Array<number>(matrix.length).fill(0);
  for (const row of matrix) {
    row.forEach((count, column) => {
      sums[column] = (sums[column] ?? 0) + count;
    });
  }
  return sums;
}

/** The counts on the diagonal: right predictions by class (K). */
export function diagonal(matrix: readonly (readonly number[])[]): number[] {
  return matrix.map((row, k) => row[k] ?? 0);
}

/**
 * Each count as a share of its row ('true'), its column ('pred') or all samples ('all'): K×K, in 0…1.
 * A row or column without samples gives zeros.
 * Source: the `normalize` parameter of sklearn.metrics.confusion_matrix.
 */
export function normalizeConfusion(
  matrix: readonly (readonly number[])[],
  over: Normalization,
): number[][] {
  const rows = rowSums(matrix);
  const columns = columnSums(matrix);
  const all = rows.reduce((sum, count) => sum + count, 0);
  const denominator = (row: number, column: number): number =>
    (over === 'true' ? rows[row] : over === 'pred' ? columns[column] : all) ?? 0;
  return matrix.map((row, i) => row.map((count, j) => ratio(count, denominator(i, j))));
}

/** a / b, and 0 where b is 0: scikit-learn's zero_division=0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
