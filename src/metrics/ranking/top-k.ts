/** Top-k accuracy: how often the true class is among the k best. */
import type { SampleScores } from '../sample-scores';

/**
 * The k that are told of; each only where there are more classes than k, else it would be 1 by definition.
 */
export const TOP_K = [1, 2, 3, 5] as const;
export type TopK = (typeof TOP_K)[number];

/**
 * The share of samples whose true class has fewer than k classes before it. Equal outputs go to the lower
 * class index, as argmax has it, so that top-1 is the accuracy. No k where there are no samples.
 * Source: sklearn.metrics.top_k_accuracy_score, but for its ties, which go to the higher index there.
 */
export function topKAccuracy({
  classCount,
  sampleCount,
  rank,
}: Pick<SampleScores, 'classCount' | 'sampleCount' | 'rank'>): Partial<Record<TopK, number>> {
  const shares: Partial<Record<TopK, number>> = {};
  if (sampleCount === 0) return shares;
  for (const k of TOP_K) {
    if (k >= classCount) break;
    let hits = 0;
    for (let i = 0; i < sampleCount; i++) if ((rank[i] as number) < k) hits++;
    shares[k] = hits / sampleCount;
  }
  return shares;
}
