/** From the place of a sample to what is shown of it. */
import { imageUrl } from '../datasets/images/image-url';
import type { SamplePrediction, SampleSource } from './sample-fields';

export function samplePrediction(source: SampleSource, index: number): SamplePrediction {
  const { scores } = source.predictions;
  const trueClass = scores.labels[index] as number;
  const predictedClass = scores.predicted[index] as number;
  return {
    source,
    index,
    trueClass,
    trueClassName: nameOf(source, trueClass),
    predictedClass,
    predictedClassName: nameOf(source, predictedClass),
    probability: scores.confidence[index] as number,
    trueProbability: scores.trueProbability[index] as number,
    margin: scores.margin[index] as number,
    loss: scores.loss[index] as number,
    imageUrl: imageUrl(source.digest, source.split, index),
  };
}

export function nameOf({ classNames }: Pick<SampleSource, 'classNames'>, classIndex: number) {
  return classNames[classIndex] ?? String(classIndex);
}
