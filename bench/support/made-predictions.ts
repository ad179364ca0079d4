/** Predictions made from a seed, as a fair classifier would give them: what the metrics are timed on. */
import { Random } from '../../src/metrics/statistics/random';

export interface MadePredictions {
  logits: Float32Array;
  labels: Int32Array;
}

/**
 * Logits are noise, roughly normal; the true class's are higher by 3, so that some seven in ten are right
 * of ten.
 */
export function madePredictions(
  sampleCount: number,
  classCount: number,
  seed: number,
): MadePredictions {
  const random = new Random(seed);
  const logits = new Float32Array(sampleCount * classCount);
  const labels = new Int32Array(sampleCount);
  for (let i = 0; i < logits.length; i++) {
    // The sum of three uniform numbers has a bell's shape and a deviation of ½ before scaling.
    logits[i] = 3 * (random.unit() + random.unit() + random.unit() - 1.5);
  }
  for (let i = 0; i < sampleCount; i++) {
    const label = random.below(classCount);
    labels[i] = label;
    const place = i * classCount + label;
    logits[place] = (logits[place] as number) + 3;
  }
  return { logits, labels };
}
