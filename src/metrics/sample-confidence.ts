/** How sure a classifier is of single samples: by how far its first choice leads, and what it gives the truth. */
import type { Predictions, SampleScores } from './sample-scores';

export interface SampleConfidence {
  /** The largest probability less the second largest, 0…1; with one class, the probability itself. */
  margin: Float64Array;
  /** The probability of the true class. */
  trueProbability: Float64Array;
}

/** One entry a sample; where logits are close, the margin keeps its digits. */
export function sampleConfidence(predictions: Predictions, scores: SampleScores): SampleConfidence {
  const { outputs, classCount } = predictions;
  const margin = new Float64Array(scores.sampleCount);
  const trueProbability = new Float64Array(scores.sampleCount);
  for (let i = 0; i < scores.sampleCount; i++) {
    const start = i * classCount;
    const top = scores.predicted[i] as number;
    let second = -Infinity;
    for (let k = 0; k < classCount; k++) {
      const output = outputs[start + k] as number;
      if (k !== top && output > second) second = output;
    }
    margin[i] = leadOf(predictions, scores, i, second);
    trueProbability[i] = probabilityOf(predictions, scores, i, scores.labels[i] as number);
  }
  return { margin, trueProbability };
}

export interface ClassProbability {
  classIndex: number;
  probability: number;
}

/** The `first` most probable classes of a sample, most probable first; of equal ones the lower index. */
export function topProbabilities(
  predictions: Predictions,
  scores: Pick<SampleScores, 'others' | 'predicted'>,
  sample: number,
  first: number,
): ClassProbability[] {
  const { outputs, classCount } = predictions;
  const start = sample * classCount;
  const order = Array.from({ length: classCount }, (_, k) => k).sort(
    (a, b) => (outputs[start + b] as number) - (outputs[start + a] as number) || a - b,
  );
  return order.slice(0, first).map((classIndex) => ({
    classIndex,
    probability: probabilityOf(predictions, scores, sample, classIndex),
  }));
}

/** The probability of one class of one sample. */
export function probabilityOf(
  { outputs, classCount, kind = 'logits' }: Predictions,
  { others, predicted }: Pick<SampleScores, 'others' | 'predicted'>,
  sample: number,
  classIndex: number,
): number {
  const start = sample * classCount;
  const output = outputs[start + classIndex] as number;
  if (kind === 'probabilities') return output;
  const max = outputs[start + (predicted[sample] as number)] as number;
  return Math.exp(output - max) / (1 + (others[sample] as number));
}

function leadOf(
  { outputs, classCount, kind = 'logits' }: Predictions,
  { others, predicted }: SampleScores,
  sample: number,
  second: number,
): number {
  const max = outputs[sample * classCount + (predicted[sample] as number)] as number;
  if (kind === 'probabilities') return classCount === 1 ? max : max - second;
  // Not −expm1, which is −0 for a tie.
  return (0 - Math.expm1(second - max)) / (1 + (others[sample] as number));
}
