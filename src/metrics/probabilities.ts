/** Totals of a classifier that gives probabilities instead of logits. */
import { UserError } from '../errors';
import { addRows, type EvaluationTotals, type RowRule } from './totals';

/** The machine epsilon of float32: what engines give. */
const EPSILON = 2 ** -23;
/** A softmax in float32 may round to a hair above 1. */
const ROUNDING = 1e-6;
/** A row of 1,000 float32 probabilities is off by some 1e-5 at most; anything more is no distribution. */
const SUM_TOLERANCE = 1e-3;

/** Probabilities: rows that sum to 1, with the negative log-likelihood of the label. */
export const PROBABILITIES: RowRule = { check: checkDistribution, loss: negativeLogLikelihood };

/**
 * Adds a batch to `totals` in place; where it throws, `totals` is as before. The predicted class is the most
 * probable one, of equal ones the lowest index.
 *
 * @param probabilities labels.length × classCount numbers, row by row; each row sums to 1
 * @param labels the batch's true class indices
 * @param firstSample the first row's index in the split: errors name samples by their place there
 * @throws UserError PROBABILITIES_INVALID; LOGITS_SHAPE_MISMATCH and LABEL_OUT_OF_RANGE as `addBatch`
 */
export function addProbabilities(
  totals: EvaluationTotals,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  firstSample = 0,
): void {
  addRows(totals, probabilities, labels, firstSample, PROBABILITIES);
}

/**
 * −ln p[label] in nats, p clipped to ε…1 − ε: a probability of 0 for the true class costs 15.9, not infinity.
 * Source: sklearn.metrics.log_loss, which since 1.2 clips to the machine epsilon of the predictions' type.
 */
function negativeLogLikelihood(
  probabilities: ArrayLike<number>,
  start: number,
  _classCount: number,
  label: number,
): number {
  const p = probabilities[start + label] as number;
  return -Math.log(Math.min(Math.max(p, EPSILON), 1 - EPSILON));
}

function checkDistribution(
  probabilities: ArrayLike<number>,
  start: number,
  classCount: number,
  sample: number,
): void {
  let sum = 0;
  for (let k = 0; k < classCount; k++) {
    const p = probabilities[start + k] as number;
    // NaN fails the comparison too.
    if (!(p >= -ROUNDING && p <= 1 + ROUNDING)) {
      throw invalid(`the value of sample ${sample} for class ${k} is ${p}, not in 0…1`, {
        sample,
        classIndex: k,
        // A string: JSON turns NaN and Infinity into null.
        probability: String(p),
      });
    }
    sum += p;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    throw invalid(`those of sample ${sample} sum to ${sum}, not to 1`, { sample, sum });
  }
}

function invalid(found: string, details: Record<string, unknown>): UserError {
  return new UserError(
    'PROBABILITIES_INVALID',
    `The model's outputs are no probabilities: ${found}. Where it gives logits, register it with the output ` +
      '"logits"; else check the checkpoint for NaN weights.',
    { details },
  );
}
