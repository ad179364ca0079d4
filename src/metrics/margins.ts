/** The sums of a confusion matrix from which every metric of counts but the matrix itself derives. */
import { columnSums, diagonal, rowSums } from './confusion-matrix';

export interface Margins {
  sampleCount: number;
  /** Right predictions by class (K): the diagonal. */
  right: ArrayLike<number>;
  /** How many samples truly belong to each class (K). */
  support: ArrayLike<number>;
  /** How often each class was predicted (K). */
  predicted: ArrayLike<number>;
}

/** @param matrix K×K counts, rows true, columns predicted */
export function marginsOf(matrix: readonly (readonly number[])[]): Margins {
  const support = rowSums(matrix);
  return {
    sampleCount: support.reduce((sum, count) => sum + count, 0),
    right: diagonal(matrix),
    support,
    predicted: columnSums(matrix),
  };
}

/** The trace: right predictions of all classes. */
export function rightCount({ right }: Margins): number {
  let sum = 0;
  for (let k = 0; k < right.length; k++) sum += right[k] as number;
  return sum;
}
