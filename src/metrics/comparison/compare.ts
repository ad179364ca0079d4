/** Is one classifier better than another on the same samples, and by how much? */
import { UserError } from '../../errors';
import type { BootstrapOptions } from '../statistics/bootstrap-options';
import { countFlips, type FlipReport, type PairedPredictions } from './flips';
import { holm } from './holm';
import { type McNemar, mcnemarExact } from './mcnemar';
import { differenceInterval, type PairedInterval } from './paired-bootstrap';
import { type Verdict, verdictOf } from './verdict';

export interface Comparison {
  sampleCount: number;
  accuracyA: number;
  accuracyB: number;
  /** accuracyB − accuracyA. */
  difference: number;
  differenceInterval: PairedInterval;
  mcnemar: McNemar;
  /** `mcnemar.pExact`, corrected for the comparisons that were made together; the same where it was one. */
  pAdjusted: number;
  flips: FlipReport;
  /** Of B against A. */
  verdict: Verdict;
}

/**
 * Compares a candidate B with a baseline A.
 *
 * @throws UserError COMPARISON_WITHOUT_SAMPLES; as `countFlips` and `bootstrapOptions` do
 */
export function compare(pairs: PairedPredictions, options: BootstrapOptions = {}): Comparison {
  return judged(findings(pairs, options));
}

/**
 * Compares each of several candidates with one baseline; their p-values are Holm's, all together, and the
 * verdicts go by them.
 *
 * @param candidates predicted classes, one list a candidate
 * @throws UserError as `compare` does
 */
export function compareAll(
  baseline: Pick<PairedPredictions, 'labels' | 'classCount'> & { predicted: ArrayLike<number> },
  candidates: readonly ArrayLike<number>[],
  options: BootstrapOptions = {},
): Comparison[] {
  const { labels, classCount, predicted: predictedA } = baseline;
  const all = candidates.map((predictedB) =>
    findings({ labels, classCount, predictedA, predictedB }, options),
  );
  const adjusted = holm(all.map(({ mcnemar }) => mcnemar.pExact));
  return all.map((one, i) => judged(one, adjusted[i]));
}

type Findings = Omit<Comparison, 'pAdjusted' | 'verdict'>;

function findings(pairs: PairedPredictions, options: BootstrapOptions): Findings {
  const flips = countFlips(pairs);
  const { sampleCount, rightA, rightB, rightToWrong, wrongToRight } = flips.total;
  const interval = differenceInterval(flips, options);
  if (interval === null) {
    throw new UserError(
      'COMPARISON_WITHOUT_SAMPLES',
      'There is no sample to compare on: evaluate both on at least one.',
    );
  }
  return {
    sampleCount,
    accuracyA: rightA / sampleCount,
    accuracyB: rightB / sampleCount,
    difference: (rightB - rightA) / sampleCount,
    differenceInterval: interval,
    mcnemar: mcnemarExact(rightToWrong, wrongToRight),
    flips,
  };
}

function judged(found: Findings, pAdjusted = found.mcnemar.pExact): Comparison {
  const { sampleCount, difference, differenceInterval: interval } = found;
  const { level } = interval;
  return {
    ...found,
    pAdjusted,
    verdict: verdictOf({ sampleCount, difference, interval, level, pValue: pAdjusted }),
  };
}
