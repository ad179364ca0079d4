/** One row of logits: the predicted class and the cross-entropy loss of its true class. */

/** The class index of the largest of `classCount` logits from `start` on; equal ones go to the lower index. */
export function argmax(logits: ArrayLike<number>, start: number, classCount: number): number {
  let best = 0;
  let bestLogit = logits[start] as number;
  for (let k = 1; k < classCount; k++) {
    const logit = logits[start + k] as number;
    if (logit > bestLogit) {
      best = k;
      bestLogit = logit;
    }
  }
  return best;
}

/**
 * −log softmax(row)[label] in nats = (m − row[label]) + log Σ exp(row[k] − m), with m = max(row).
 * No exponent is above 0, so nothing overflows; the term of m itself, exp(0) = 1, goes through log1p,
 * so a loss near 0 keeps its digits (the plain logarithm gives 0 below 1e-16).
 * Source: the log-sum-exp identity; equal to torch.nn.functional.cross_entropy in float64.
 *
 * @param predicted the index of the largest logit, as `argmax` gives it
 */
export function crossEntropy(
  logits: ArrayLike<number>,
  start: number,
  classCount: number,
  label: number,
  predicted: number,
): number {
  const max = logits[start + predicted] as number;
  let others = 0;
  for (let k = 0; k < classCount; k++) {
    if (k !== predicted) others += Math.exp((logits[start + k] as number) - max);
  }
  return lossOf(max, logits[start + label] as number, others);
}

/**
 * The loss of a row of which the exponentials are known already.
 *
 * @param others Σ exp(row[k] − max) over all k but that of `max` itself
 */
export function lossOf(max: number, logit: number, others: number): number {
  return max - logit + Math.log1p(others);
}
