/** Samples grouped into kinds that no metric of counts can tell apart. */
import type { Margins } from '../margins';
import { TOP_K } from '../ranking/top-k';
import { lowerBound } from '../ranking/score-slots';
import type { SampleScores } from '../sample-scores';
import { rankBucket } from './count-scalars';

/** The cells that occur, ordered by true class; one entry each. */
export interface SampleCells {
  label: Uint32Array;
  predicted: Uint32Array;
  bucket: Uint32Array;
  /** How many samples are of the cell. */
  count: Uint32Array;
}

const BUCKETS = TOP_K.length + 1;

/** A cell is a true class, a predicted class and the rank bucket of the true class. */
export function sampleCells(scores: SampleScores): SampleCells & {
  /** The cell of each sample. */
  cellOf: Uint32Array;
} {
  const { classCount, sampleCount, labels, predicted, rank } = scores;
  // Float64: the number of possible cells passes 2^32 at 29,000 classes.
  const keys = new Float64Array(sampleCount);
  for (let i = 0; i < sampleCount; i++) {
    const pair = (labels[i] as number) * classCount + (predicted[i] as number);
    keys[i] = pair * BUCKETS + rankBucket(rank[i] as number);
  }
  const sorted = keys.slice().sort();
  const starts: number[] = [];
  for (let i = 0; i < sampleCount; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) starts.push(i);
  const distinct = Float64Array.from(starts, (start) => sorted[start] as number);
  const pairs = distinct.map((key) => Math.floor(key / BUCKETS));
  return {
    label: Uint32Array.from(pairs, (pair) => Math.floor(pair / classCount)),
    predicted: Uint32Array.from(pairs, (pair) => pair % classCount),
    bucket: Uint32Array.from(distinct, (key) => key % BUCKETS),
    count: Uint32Array.from(starts, (start, c) => (starts[c + 1] ?? sampleCount) - start),
    cellOf: Uint32Array.from(keys, (key) => lowerBound(distinct, key, 0, distinct.length)),
  };
}

/** Sums that are filled anew for each resample, without taking memory for it. */
export class CellSums implements Margins {
  readonly right: Float64Array;
  readonly support: Float64Array;
  readonly predicted: Float64Array;
  readonly bucketCounts = new Float64Array(BUCKETS);

  constructor(
    private readonly cells: SampleCells,
    classCount: number,
    readonly sampleCount: number,
  ) {
    this.right = new Float64Array(classCount);
    this.support = new Float64Array(classCount);
    this.predicted = new Float64Array(classCount);
  }

  /** @param counts how many samples of each cell there are; they sum to `sampleCount` */
  fill(counts: ArrayLike<number>): void {
    for (const sums of [this.right, this.support, this.predicted, this.bucketCounts]) sums.fill(0);
    for (let c = 0; c < this.cells.count.length; c++) {
      const count = counts[c] as number;
      if (count === 0) continue;
      const label = this.cells.label[c] as number;
      const predicted = this.cells.predicted[c] as number;
      const bucket = this.cells.bucket[c] as number;
      add(this.support, label, count);
      add(this.predicted, predicted, count);
      add(this.bucketCounts, bucket, count);
      if (label === predicted) add(this.right, label, count);
    }
  }
}

function add(sums: Float64Array, index: number, count: number): void {
  sums[index] = (sums[index] as number) + count;
}
