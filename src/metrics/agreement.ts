/** Agreement of predictions with labels beyond what their frequencies alone would give. */
import { type Margins, rightCount } from './margins';

/**
 * κ = (p_o − p_e) / (1 − p_e): p_o the accuracy, p_e = Σ support_k · predicted_k / n² the accuracy of
 * guesses with the same frequencies. In −1…1; null where p_e is 1, that is where one class holds all labels
 * and all predictions, or without samples.
 * Source: J. Cohen, 1960; sklearn.metrics.cohen_kappa_score, which gives NaN there.
 */
export function cohenKappa(margins: Margins): number | null {
  const { sampleCount: n } = margins;
  const byChance = dot(margins.support, margins.predicted) / n;
  const denominator = n - byChance;
  // Counts are whole, so that where it is not 0 it is at least 1/n: no rounding error looks like it.
  if (!(denominator > 0)) return null;
  return 1 - (n - rightCount(margins)) / denominator;
}

/**
 * The correlation of the one-hot labels with the one-hot predictions, Gorodkin's R_K: (c·n − Σ t_k p_k) /
 * √((n² − Σ p_k²)(n² − Σ t_k²)), c the right ones, t_k the support, p_k the predictions. In −1…1. Where
 * labels or predictions are all of one class it is 0 by definition and not null: a constant carries no
 * information, and scikit-learn says the same.
 * Source: J. Gorodkin, 2004; sklearn.metrics.matthews_corrcoef.
 */
export function matthewsCorrcoef(margins: Margins): number {
  const { sampleCount: n, support, predicted } = margins;
  const covariance = rightCount(margins) * n - dot(support, predicted);
  const ofPredictions = n * n - dot(predicted, predicted);
  const ofLabels = n * n - dot(support, support);
  if (ofPredictions === 0 || ofLabels === 0) return 0;
  return covariance / Math.sqrt(ofPredictions * ofLabels);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
