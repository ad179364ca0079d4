/** How far a model's confidence is from how often it is right. */
import type { SampleScores } from '../sample-scores';

export const CALIBRATION_BINS = 15;

/** Samples whose top probability lies in [low, high); the last bin holds 1 too. */
export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  /** The share of right predictions; null in an empty bin. */
  accuracy: number | null;
  /** The mean top probability; null in an empty bin. */
  confidence: number | null;
}

export interface Calibration {
  /** 0…1; null without samples. */
  expectedCalibrationError: number | null;
  bins: ReliabilityBin[];
}

/**
 * ECE = Σ over bins of count/n · |accuracy − mean confidence|, over 15 bins of equal width on the top
 * probability.
 * Source: M. P. Naeini, G. F. Cooper & M. Hauskrecht, 2015; torchmetrics'
 * MulticlassCalibrationError(norm='l1'), which puts a confidence of exactly 1 into a bin of its own.
 */
export function calibration({
  sampleCount,
  labels,
  predicted,
  confidence,
}: Pick<SampleScores, 'sampleCount' | 'labels' | 'predicted' | 'confidence'>): Calibration {
  const counts = new Float64Array(CALIBRATION_BINS);
  const hits = new Float64Array(CALIBRATION_BINS);
  const sums = new Float64Array(CALIBRATION_BINS);
  for (let i = 0; i < sampleCount; i++) {
    const top = confidence[i] as number;
    const bin = binOf(top);
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + top;
    if (predicted[i] === labels[i]) hits[bin] = (hits[bin] as number) + 1;
  }
  let distance = 0;
  const bins = Array.from(counts, (count, bin): ReliabilityBin => {
    const right = hits[bin] as number;
    const sum = sums[bin] as number;
    distance += Math.abs(right - sum);
    return {
      low: bin / CALIBRATION_BINS,
      high: (bin + 1) / CALIBRATION_BINS,
      count,
      accuracy: count === 0 ? null : right / count,
      confidence: count === 0 ? null : sum / count,
    };
  });
  return { expectedCalibrationError: sampleCount === 0 ? null : distance / sampleCount, bins };
}

/** The index of the bin of a top probability. */
export function binOf(confidence: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.floor(confidence * CALIBRATION_BINS));
}
