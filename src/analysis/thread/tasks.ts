/** What the analysis thread computes. */
import type { ImageShape } from '../../datasets/dataset';
import { imageStatistics } from '../../datasets/images/image-statistics';
import { labelErrors, type LabelError } from '../../metrics/label-errors';
import { sliceFigures } from '../../metrics/slices/slices';
import type { ResultPredictions, ScoredSamples } from '../result-predictions';
import { type SliceKind, slicePartitions, type SliceSource } from '../slices/slice-partitions';
import { scorePredictions } from './score-predictions';
import { selectSamples, type SampleSelection } from './select-samples';

export const TASKS = {
  score: scorePredictions,
  select: ({ scores, selection }: { scores: ScoredSamples; selection: SampleSelection }) =>
    selectSamples(scores, selection),
  labelErrors: ({
    predictions,
    first,
  }: {
    predictions: ResultPredictions;
    first: number;
  }): LabelError[] => labelErrors(predictions, predictions.scores).slice(0, first),
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
