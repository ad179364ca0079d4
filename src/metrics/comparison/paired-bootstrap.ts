/** The interval of the difference of two accuracies on the same samples. */
import { binomial } from '../statistics/binomial';
import { type BootstrapOptions, bootstrapOptions } from '../statistics/bootstrap-options';
import type { Interval } from '../statistics/interval';
import { percentileInterval } from '../statistics/percentile-interval';
import { Random } from '../statistics/random';
import type { Flips, FlipReport } from './flips';

export interface PairedInterval extends Required<BootstrapOptions>, Interval {
  method: 'paired-bootstrap-percentile';
}

/** A stream of its own, apart from those of `bootstrapIntervals`. */
const STREAM = 3;

/**
 * The percentile interval of accuracy B − accuracy A when pairs (label, A's and B's prediction) are drawn
 * again. To the difference a pair is one of A alone right, B alone right, or neither alone: so a resample
 * is a draw from these three, within each class where stratified.
 *
 * The plain bootstrap promises too much where few pairs differ: with none it gives the interval [0, 0], and
 * 4 to 0 counts as significant, though a fair coin does that once in eight. So half a pair is added to each
 * of the four cells (both right, A alone, B alone, both wrong), two pairs in all, which are shared among
 * strata by their size.
 * Source: A. Agresti & Y. Min, "Simple improved confidence intervals for comparing matched proportions",
 * 2005.
 *
 * @returns null where there is no sample
 * @throws UserError as `bootstrapOptions` does
 */
export function differenceInterval(
  { total, perClass }: Pick<FlipReport, 'total' | 'perClass'>,
  options: BootstrapOptions = {},
): PairedInterval | null {
  const checked = bootstrapOptions(options);
  const n = total.sampleCount;
  if (n === 0) return null;
  const strata = checked.stratified
    ? perClass.filter(({ sampleCount }) => sampleCount > 0)
    : [total];
  const random = new Random(checked.seed, STREAM);
  const differences = new Float64Array(checked.resamples);
  for (let r = 0; r < checked.resamples; r++) {
    let gained = 0;
    for (const stratum of strata) gained += drawnGain(random, stratum, stratum.sampleCount / n);
    differences[r] = gained / n;
  }
  const interval = percentileInterval(differences, checked.level);
  return interval && { method: 'paired-bootstrap-percentile', ...checked, ...interval };
}

/** How many more pairs of a resample B alone has right than A alone. */
function drawnGain(random: Random, stratum: Flips, share: number): number {
  const { sampleCount, rightToWrong, wrongToRight } = stratum;
  const all = sampleCount + 2 * share;
  const ofA = rightToWrong + share / 2;
  const ofB = wrongToRight + share / 2;
  const lost = binomial(random, sampleCount, ofA / all);
  return binomial(random, sampleCount - lost, ofB / (all - ofA)) - lost;
}
