/** The scalars of counts of resamples. */
import type { SampleScores } from '../sample-scores';
import { multinomial } from './binomial';
import { type CountScalar, countScalars } from './count-scalars';
import type { Random } from './random';
import { PACKED, PAIR, type TakeCounts } from './resample-counts';
import { CellSums, sampleCells } from './sample-cells';
import type { Strata } from './strata';

/** One entry a resample; NaN where the scalar is undefined. */
export type CountScalarValues = Map<CountScalar, Float64Array>;

/** Fills `values` from resamples that are drawn: their samples are counted by cell. */
export function takeCountScalars(
  scores: SampleScores,
  { order }: Strata,
  resamples: number,
  values: CountScalarValues,
): TakeCounts {
  const cells = sampleCells(scores);
  const sums = new CellSums(cells, scores.classCount, scores.sampleCount);
  const cellAt = Uint32Array.from(order, (i) => cells.cellOf[i] as number);
  const even = new Int32Array(cells.count.length);
  const odd = new Int32Array(cells.count.length);
  const counts = new Float64Array(cells.count.length);
  return (words, first) => {
    even.fill(0);
    odd.fill(0);
    for (let i = 0; i < cellAt.length; i++) {
      const word = words[i] as number;
      const cell = cellAt[i] as number;
      even[cell] = (even[cell] as number) + (word & PAIR);
      odd[cell] = (odd[cell] as number) + ((word >>> 8) & PAIR);
    }
    for (let f = 0; f < PACKED && first + f < resamples; f++) {
      const pairs = f % 2 === 0 ? even : odd;
      const shift = f < 2 ? 0 : 16;
      for (let c = 0; c < counts.length; c++) counts[c] = ((pairs[c] as number) >>> shift) & 0xffff;
      sums.fill(counts);
      store(values, resamples, first + f, sums);
    }
  };
}

/**
 * Fills `values` in a time that does not depend on the number of samples: to a scalar of counts a resample
 * is a multinomial draw from the cells that occur.
 */
export function drawCountScalars(
  random: Random,
  scores: SampleScores,
  { resamples, stratified }: { resamples: number; stratified: boolean },
  values: CountScalarValues,
): void {
  const cells = sampleCells(scores);
  const sums = new CellSums(cells, scores.classCount, scores.sampleCount);
  const counts = new Float64Array(cells.count.length);
  const groups = cellGroups(cells.label, cells.count, stratified);
  for (let r = 0; r < resamples; r++) {
    for (const { start, end, total } of groups) {
      multinomial(random, total, cells.count, total, counts, start, end);
    }
    sums.fill(counts);
    store(values, resamples, r, sums);
  }
}

function store(values: CountScalarValues, resamples: number, r: number, sums: CellSums): void {
  for (const [name, value] of Object.entries(countScalars(sums, sums.bucketCounts))) {
    let column = values.get(name as CountScalar);
    if (!column) values.set(name as CountScalar, (column = new Float64Array(resamples)));
    column[r] = value ?? NaN;
  }
}

/** The cells that are drawn together: all, or those of each true class; cells are ordered by it. */
function cellGroups(
  label: Uint32Array,
  count: Uint32Array,
  stratified: boolean,
): { start: number; end: number; total: number }[] {
  const groups: { start: number; end: number; total: number }[] = [];
  for (let c = 0; c < count.length; c++) {
    const last = groups.at(-1);
    const own = count[c] as number;
    if (last && (!stratified || label[c] === label[c - 1])) {
      last.end = c + 1;
      last.total += own;
    } else {
      groups.push({ start: c, end: c + 1, total: own });
    }
  }
  return groups;
}
