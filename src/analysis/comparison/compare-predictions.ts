/** The whole comparison of two results, and that of many with one, from their predictions. */
import { type Comparison, compare, compareAll } from '../../metrics/comparison/compare';
import { countFlips, type PairedPredictions } from '../../metrics/comparison/flips';
import { type McNemar, mcnemarExact } from '../../metrics/comparison/mcnemar';
import { type PairedIntervals, pairedIntervals } from '../../metrics/comparison/paired-scalars';
import type { BootstrapOptions } from '../../metrics/statistics/bootstrap-options';
import type { ScoredSamples } from '../result-predictions';

export type ComparisonOptions = Required<Pick<BootstrapOptions, 'level' | 'resamples' | 'seed'>>;

/** The difference of the confusion matrices is left out: both are stored with the results. */
export interface PredictionComparison extends Omit<Comparison, 'flips'> {
  flips: Omit<Comparison['flips'], 'confusionDifference'>;
  /** By scalar: of the candidate's less the baseline's. */
  intervals: PairedIntervals;
}

/** @throws UserError as `compare` and `pairedIntervals` do */
export function comparePredictions(
  baseline: ScoredSamples,
  candidate: ScoredSamples,
  options: ComparisonOptions,
): PredictionComparison {
  const comparison = compare(paired(baseline, candidate), options);
  const { low, high } = comparison.differenceInterval;
  const { total, perClass } = comparison.flips;
  return {
    ...comparison,
    flips: { total, perClass },
    intervals: { ...pairedIntervals(baseline, candidate, options), accuracy: { low, high } },
  };
}

export type CandidateComparison = Pick<
  Comparison,
  'difference' | 'mcnemar' | 'pAdjusted' | 'verdict'
>;

/** @throws UserError as `compareAll` does */
export function compareCandidates(
  baseline: ScoredSamples,
  candidates: readonly ScoredSamples[],
): CandidateComparison[] {
  const all = compareAll(
    baseline,
    candidates.map(({ predicted }) => predicted),
  );
  return all.map(({ difference, mcnemar, pAdjusted, verdict }) => ({
    difference,
    mcnemar,
    pAdjusted,
    verdict,
  }));
}

/** The exact test alone: nothing is resampled. */
export function mcnemarOf(baseline: ScoredSamples, candidate: ScoredSamples): McNemar {
  const { rightToWrong, wrongToRight } = countFlips(paired(baseline, candidate)).total;
  return mcnemarExact(rightToWrong, wrongToRight);
}

function paired(baseline: ScoredSamples, candidate: ScoredSamples): PairedPredictions {
  return {
    labels: baseline.labels,
    predictedA: baseline.predicted,
    predictedB: candidate.predicted,
    classCount: baseline.classCount,
  };
}
