/** The probabilities of each class in turn, read so that many classes cost no more than their numbers. */
import type { Predictions, SampleScores } from '../sample-scores';

/** Of float32 outputs a line of the cache holds 16: of 60,000 × 1,000 a single column costs as much as 16. */
const WIDTH = 16;
/** Numbers that are kept: 32 MiB. */
const MOST_KEPT = 2 ** 22;

/**
 * A function that gives one class's probability of every sample (n). Neighbouring classes are read
 * together; what it gave for other classes before is overwritten. A matrix of all classes would take eight
 * bytes an output: the exponentials are cheaper to take again than so much memory.
 */
export function classColumns(
  { outputs, classCount, kind = 'logits' }: Predictions,
  { sampleCount, others, predicted }: SampleScores,
): (classIndex: number) => Float64Array {
  const { exp, floor, max, min } = Math;
  const width = max(1, min(WIDTH, classCount, floor(MOST_KEPT / max(1, sampleCount))));
  const columns = Array.from({ length: width }, () => new Float64Array(sampleCount));
  let first = -1;
  const read = (): void => {
    const count = min(width, classCount - first);
    for (let i = 0; i < sampleCount; i++) {
      const start = i * classCount;
      const largest = kind === 'logits' ? (outputs[start + (predicted[i] as number)] as number) : 0;
      const sum = kind === 'logits' ? 1 + (others[i] as number) : 1;
      for (let c = 0; c < count; c++) {
        const output = outputs[start + first + c] as number;
        (columns[c] as Float64Array)[i] = kind === 'logits' ? exp(output - largest) / sum : output;
      }
    }
  };
  return (classIndex) => {
    const start = classIndex - (classIndex % width);
    if (start !== first) {
      first = start;
      read();
    }
    return columns[classIndex - start] as Float64Array;
  };
}
