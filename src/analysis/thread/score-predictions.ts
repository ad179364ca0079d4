/** Scores every sample of a result, into memory that other threads read. */
import { sampleConfidence } from '../../metrics/sample-confidence';
import { scoreSamples } from '../../metrics/sample-scores';
import type { LabelledOutputs, ScoredSamples } from '../result-predictions';

/** @throws UserError as `scoreSamples` does */
export function scorePredictions(predictions: LabelledOutputs): ScoredSamples {
  const scores = scoreSamples(predictions);
  const { margin, trueProbability } = sampleConfidence(predictions, scores);
  return {
    classCount: scores.classCount,
    sampleCount: scores.sampleCount,
    labels: sharedIntegers(scores.labels),
    predicted: sharedIntegers(scores.predicted),
    rank: sharedIntegers(scores.rank),
    loss: sharedFloats(scores.loss),
    brier: sharedFloats(scores.brier),
    confidence: sharedFloats(scores.confidence),
    others: sharedFloats(scores.others),
    margin: sharedFloats(margin),
    trueProbability: sharedFloats(trueProbability),
  };
}

function sharedIntegers(values: Uint32Array): Uint32Array<SharedArrayBuffer> {
  const shared = new Uint32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function sharedFloats(values: Float64Array): Float64Array<SharedArrayBuffer> {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
