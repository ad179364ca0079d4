/** What the analysis thread computes. */
import { labelErrors, type LabelError } from '../../metrics/label-errors';
import type { ResultPredictions, ScoredSamples } from '../result-predictions';
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
};
