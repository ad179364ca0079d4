/** The scalars that counts alone decide: those whose intervals come from resampled counts. */
import { cohenKappa, matthewsCorrcoef } from '../agreement';
import { balancedAccuracy, classMetrics, macroAverage, weightedAverage } from '../class-metrics';
import { type Margins, rightCount } from '../margins';
import { TOP_K } from '../ranking/top-k';

/**
 * Micro averages are the accuracy and weighted recall is too, so they have no entry. `topK` are there for
 * as many classes as top-k accuracy is.
 */
export type CountScalar =
  | 'accuracy'
  | 'balancedAccuracy'
  | 'cohenKappa'
  | 'matthewsCorrcoef'
  | 'macroPrecision'
  | 'macroRecall'
  | 'macroF1'
  | 'weightedPrecision'
  | 'weightedF1'
  | 'top2'
  | 'top3'
  | 'top5';

/** By the k of top-k accuracy; top-1 is the accuracy. */
const TOP_NAMES = { 2: 'top2', 3: 'top3', 5: 'top5' } as const;

/**
 * null where a scalar is undefined.
 *
 * @param bucketCounts how many samples have their true class in each bucket of ranks, as `rankBucket` has
 *   them
 */
export function countScalars(
  margins: Margins,
  bucketCounts: ArrayLike<number>,
): Partial<Record<CountScalar, number | null>> {
  const perClass = classMetrics(margins);
  const macro = macroAverage(perClass);
  const weighted = weightedAverage(perClass);
  const right = rightCount(margins);
  const scalars: Partial<Record<CountScalar, number | null>> = {
    accuracy: right / margins.sampleCount,
    balancedAccuracy: balancedAccuracy(perClass),
    cohenKappa: cohenKappa(margins),
    matthewsCorrcoef: matthewsCorrcoef(margins),
    macroPrecision: macro.precision,
    macroRecall: macro.recall,
    macroF1: macro.f1,
    weightedPrecision: weighted.precision,
    weightedF1: weighted.f1,
  };
  let hits = 0;
  for (const [bucket, k] of TOP_K.entries()) {
    hits += bucketCounts[bucket] as number;
    if (k > 1 && k < margins.support.length) {
      scalars[TOP_NAMES[k as keyof typeof TOP_NAMES]] = hits / margins.sampleCount;
    }
  }
  return scalars;
}

/** The index of the smallest k of TOP_K whose best k hold the true class; their count where none does. */
export function rankBucket(rank: number): number {
  for (const [bucket, k] of TOP_K.entries()) if (rank < k) return bucket;
  return TOP_K.length;
}
