/** Where what is shown of a result's samples is read from. */
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import type { EvaluationContext } from '../evaluations/loaders';
import type { ResultPredictions } from './result-predictions';
import type { SampleSource } from './sample-fields';

export async function sampleSource(
  { datasetId, split }: EvaluationResult,
  predictions: ResultPredictions,
  { loaders }: EvaluationContext,
): Promise<SampleSource> {
  const { classNames, digest } = await loaders.dataset.load(datasetId);
  return { predictions, classNames, digest, split };
}
