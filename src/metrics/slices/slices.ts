/** How well each slice of the samples does, and whether that differs from the rest by more than chance. */
import { CompensatedSum } from '../compensated-sum';
import { holm } from '../comparison/holm';
import type { SampleScores } from '../sample-scores';
import type { Interval } from '../statistics/interval';
import { wilsonInterval } from '../statistics/wilson-interval';
import { fisherExact } from './fisher-exact';

/** Puts each sample into one slice: a code a sample, below `names.length`. */
export interface Partition<Name> {
  codes: ArrayLike<number>;
  names: readonly Name[];
}

export interface SliceFigures<Name> {
  name: Name;
  sampleCount: number;
  accuracy: number;
  /** Wilson's, at 95 %. */
  interval: Interval;
  /** Mean cross-entropy in nats. */
  loss: number;
  /** The slice's accuracy less that of all other samples. */
  deltaToRest: number;
  /** Fisher's exact test of the slice against all other samples, two-sided. */
  pValue: number;
  /** By Holm's correction for all slices returned. */
  adjustedPValue: number;
}

type Scores = Pick<SampleScores, 'labels' | 'predicted' | 'loss' | 'sampleCount'>;

/**
 * Slices of all partitions, the weakest first: in the order of the upper ends of the accuracies' intervals, so
 * that a handful of samples without a hit does not stand before many with few. One that holds no sample, or all
 * of them, has nothing to be held against and is left out.
 *
 * The slices overlap, being of several partitions of the same samples; Holm's correction holds nevertheless.
 */
export function sliceFigures<Name>(
  scores: Scores,
  partitions: readonly Partition<Name>[],
): SliceFigures<Name>[] {
  const found = partitions.flatMap((partition) => figuresOf(scores, partition));
  const adjusted = holm(found.map(({ pValue }) => pValue));
  return found
    .map((figures, i) => ({ ...figures, adjustedPValue: adjusted[i] as number }))
    .sort((a, b) => a.interval.high - b.interval.high || a.accuracy - b.accuracy);
}

function figuresOf<Name>(
  { labels, predicted, loss, sampleCount: all }: Scores,
  { codes, names }: Partition<Name>,
): Omit<SliceFigures<Name>, 'adjustedPValue'>[] {
  const counts = new Float64Array(names.length);
  const hits = new Float64Array(names.length);
  const losses = names.map(() => new CompensatedSum());
  let allHits = 0;
  for (let i = 0; i < all; i++) {
    const code = codes[i] as number;
    counts[code] = (counts[code] as number) + 1;
    losses[code]?.add(loss[i] as number);
    if (labels[i] !== predicted[i]) continue;
    hits[code] = (hits[code] as number) + 1;
    allHits++;
  }
  return names.flatMap((name, code) => {
    const total = counts[code] as number;
    const right = hits[code] as number;
    const interval = wilsonInterval(right, total);
    if (interval === null || total === all) return [];
    const rest = { otherHits: allHits - right, otherTotal: all - total };
    return {
      name,
      sampleCount: total,
      accuracy: right / total,
      interval,
      loss: (losses[code] as CompensatedSum).value / total,
      deltaToRest: right / total - rest.otherHits / rest.otherTotal,
      pValue: fisherExact({ hits: right, total, ...rest }),
    };
  });
}
