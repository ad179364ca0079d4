/** What the analysis thread computes. */
import type { ImageShape } from '../../datasets/dataset';
import { imageStatistics } from '../../datasets/images/image-statistics';
import { type LabelError, labelErrors } from '../../metrics/label-errors';
import { sliceFigures } from '../../metrics/slices/slices';
import {
  type CandidateComparison,
  compareCandidates,
  comparePredictions,
  mcnemarOf,
  type ComparisonOptions,
  type PredictionComparison,
} from '../comparison/compare-predictions';
import { type FlipSelection, selectFlips } from '../comparison/select-flips';
import type { ResultPredictions, ScoredSamples } from '../result-predictions';
import { type SliceKind, slicePartitions, type SliceSource } from '../slices/slice-partitions';
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

  mcnemar: ({ baseline, candidate }: Pair) => mcnemarOf(baseline, candidate),

  flips: ({ baseline, candidate, selection }: Pair & { selection: FlipSelection }): number[] =>
    selectFlips(baseline, candidate, selection),

  imageStatistics: ({ images, shape }: { images: Uint8Array; shape: ImageShape }) =>
    imageStatistics(images, shape),
  slices: ({
    scores,
    source,
    kinds,
  }: {
    scores: ScoredSamples;
    source: SliceSource;
    kinds: readonly SliceKind[];
  }) =>
    sliceFigures(
      scores,
      kinds.flatMap((kind) => slicePartitions(source, kind)),
    ),
};

export type AnalysisTasks = typeof TASKS;
