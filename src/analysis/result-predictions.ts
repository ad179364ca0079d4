/** What a result predicted, in memory that threads share: nobody writes to it once it is made. */
import type { OutputKind } from '../checkpoints/preprocessing';
import type { SampleConfidence } from '../metrics/sample-confidence';
import type { SampleScores } from '../metrics/sample-scores';

/** The raw outputs with the labels of the same samples. */
export interface LabelledOutputs {
  classCount: number;
  kind: OutputKind;
  /** sampleCount × classCount, row by row. */
  outputs: Float32Array<SharedArrayBuffer>;
  labels: Uint16Array<SharedArrayBuffer>;
}

export interface ScoredSamples extends SampleScores, SampleConfidence {}

export interface ResultPredictions extends LabelledOutputs {
  scores: ScoredSamples;
}

/** What keeping it costs; the labels are the dataset's, which keeps them anyway. */
export function sizeOf({ outputs, scores }: ResultPredictions): number {
  const arrays = Object.values(scores).filter((value) => ArrayBuffer.isView(value));
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, outputs.byteLength);
}
