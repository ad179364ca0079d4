/** What the analysis thread computes. */
import type { LabelError } from '../../metrics/label-errors';
import { labelErrors } from '../../metrics/label-errors';
import {
  type CandidateComparison,
  compareCandidates,
  comparePredictions,
  type ComparisonOptions,
  type PredictionComparison,
} from '../comparison/compare-predictions';
import { type FlipSelection, selectFlips } from '../comparison/select-flips';
import type { ResultPredictions, ScoredSamples } from '../result-predictions';
import { scorePredictions } from './score-predictions';
import { selectSamples, type SampleSelection, type SelectedSamples } from './select-samples';

interface Pair {
  baseline: ScoredSamples;
  candidate: ScoredSamples;
}

/** Scores lie in shared memory, so none is copied on the way. */
export const TASKS = {
  score: scorePredictions,

  select: (asked: { scores: ScoredSamples; selection: SampleSelection }): SelectedSamples =>
    selectSamples(asked.scores, asked.selection),

  labelErrors: (asked: { predictions: ResultPredictions; first: number }): LabelError[] =>
    labelErrors(asked.predictions, asked.predictions.scores).slice(0, asked.first),

  compare: ({
    baseline,
    candidate,
    options,
  }: Pair & { options: ComparisonOptions }): PredictionComparison =>
    comparePredictions(baseline, candidate, options),

  compareMany: (asked: {
    baseline: ScoredSamples;
    candidates: ScoredSamples[];
  }): CandidateComparison[] => compareCandidates(asked.baseline, asked.candidates),

  flips: ({ baseline, candidate, selection }: Pair & { selection: FlipSelection }): number[] =>
    selectFlips(baseline, candidate, selection),
};

export type AnalysisTasks = typeof TASKS;
