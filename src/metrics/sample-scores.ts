/** One pass over raw outputs: what every sample's row says, from which all metrics of scores derive. */
import { CompensatedSum } from './compensated-sum';
import { argmax, lossOf } from './cross-entropy';
import { PROBABILITIES } from './probabilities';
import {
  checkClassCount,
  checkedLabel,
  checkShape,
  emptyTotals,
  type EvaluationTotals,
  LOGITS,
  lossOverflow,
} from './totals';

/** What a model's raw outputs are: logits go through a softmax, probabilities are taken as they are. */
export type OutputKind = 'logits' | 'probabilities';

export interface Predictions {
  /** labels.length × classCount raw outputs, row by row. */
  outputs: ArrayLike<number>;
  /** The true class indices. */
  labels: ArrayLike<number>;
  classCount: number;
  /** Logits unless told otherwise. */
  kind?: OutputKind;
}

/** One entry a sample. */
export interface SampleScores {
  classCount: number;
  sampleCount: number;
  labels: Uint32Array;
  /** The class with the largest output; of equal ones the lowest index. */
  predicted: Uint32Array;
  /**
   * How many classes come before the true one: those of larger output, and of equal output and lower index.
   */
  rank: Uint32Array;
  /** Cross-entropy in nats, or −log of the probability. */
  loss: Float64Array;
  /** Σ over classes of (probability − 1 for the true class, 0 for others)²: 0…2. */
  brier: Float64Array;
  /** The probability of the predicted class. */
  confidence: Float64Array;
  /**
   * Of logits, Σ exp(row[k] − max) over all k but that of max: the softmax's denominator less 1; else
   * empty.
   */
  others: Float64Array;
}

/**
 * Scores every sample; probabilities are float64 whatever the outputs are, and no exponent is above 0.
 *
 * @throws UserError LOGITS_SHAPE_MISMATCH, LABEL_OUT_OF_RANGE, CLASS_COUNT_INVALID, LOSS_OVERFLOW, and by
 *   the kind LOGITS_NOT_FINITE or PROBABILITIES_INVALID
 */
export function scoreSamples(predictions: Predictions): SampleScores {
  const { outputs, classCount, kind = 'logits' } = predictions;
  const sampleCount = predictions.labels.length;
  const rule = kind === 'logits' ? LOGITS : PROBABILITIES;
  checkClassCount(classCount);
  checkShape(outputs, sampleCount, classCount);
  const scores = emptyScores(classCount, sampleCount, kind);
  const row = new Float64Array(classCount);
  for (let i = 0; i < sampleCount; i++) {
    const start = i * classCount;
    const label = checkedLabel(predictions.labels[i] as number, classCount, i);
    rule.check(outputs, start, classCount, i);
    const predicted = argmax(outputs, start, classCount);
    if (kind === 'logits') {
      const others = softmax(outputs, start, predicted, row);
      scores.others[i] = others;
      const max = outputs[start + predicted] as number;
      scores.loss[i] = lossOf(max, outputs[start + label] as number, others);
    } else {
      for (let k = 0; k < classCount; k++) row[k] = outputs[start + k] as number;
      scores.loss[i] = rule.loss(outputs, start, classCount, label, predicted);
    }
    if (!Number.isFinite(scores.loss[i])) throw lossOverflow();
    scores.labels[i] = label;
    scores.predicted[i] = predicted;
    scores.rank[i] = predicted === label ? 0 : rankOf(outputs, start, classCount, label);
    scores.confidence[i] = row[predicted] as number;
    scores.brier[i] = squaredDistance(row, label);
  }
  return scores;
}

/**
 * The totals that `addBatch` and `addProbabilities` give of the same samples.
 *
 * @throws UserError LOSS_OVERFLOW
 */
export function totalsOfScores(scores: SampleScores): EvaluationTotals {
  const totals = emptyTotals(scores.classCount);
  const loss = new CompensatedSum();
  for (let i = 0; i < scores.sampleCount; i++) {
    const row = totals.confusionMatrix[scores.labels[i] as number] as number[];
    const predicted = scores.predicted[i] as number;
    row[predicted] = (row[predicted] as number) + 1;
    loss.add(scores.loss[i] as number);
  }
  totals.sampleCount = scores.sampleCount;
  totals.lossSum = loss.value;
  if (!Number.isFinite(totals.lossSum)) throw lossOverflow();
  return totals;
}

/**
 * Writes one class's probability of every sample into `column` (N float64). A matrix of all classes would
 * take eight bytes an output: the exponentials are cheaper to take again than so much memory.
 */
export function probabilityColumn(
  { outputs, classCount, kind = 'logits' }: Predictions,
  { others, predicted }: SampleScores,
  classIndex: number,
  column: Float64Array,
): void {
  const { exp } = Math;
  for (let i = 0; i < column.length; i++) {
    const start = i * classCount;
    const output = outputs[start + classIndex] as number;
    column[i] =
      kind === 'probabilities'
        ? output
        : exp(output - (outputs[start + (predicted[i] as number)] as number)) /
          (1 + (others[i] as number));
  }
}

/** Fills `row` with the probabilities, and gives Σ of the exponentials of all but the largest. */
function softmax(
  logits: ArrayLike<number>,
  start: number,
  predicted: number,
  row: Float64Array,
): number {
  const { exp } = Math;
  const max = logits[start + predicted] as number;
  let others = 0;
  for (let k = 0; k < row.length; k++) {
    if (k === predicted) {
      row[k] = 1;
    } else {
      const exponential = exp((logits[start + k] as number) - max);
      row[k] = exponential;
      others += exponential;
    }
  }
  const sum = 1 + others;
  for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
  return others;
}

function rankOf(
  outputs: ArrayLike<number>,
  start: number,
  classCount: number,
  label: number,
): number {
  const own = outputs[start + label] as number;
  let rank = 0;
  for (let k = 0; k < classCount; k++) {
    const other = outputs[start + k] as number;
    if (other > own || (other === own && k < label)) rank++;
  }
  return rank;
}

function squaredDistance(row: Float64Array, label: number): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    const distance = (row[k] as number) - (k === label ? 1 : 0);
    sum += distance * distance;
  }
  return sum;
}

function emptyScores(classCount: number, sampleCount: number, kind: OutputKind): SampleScores {
  return {
    classCount,
    sampleCount,
    labels: new Uint32Array(sampleCount),
    predicted: new Uint32Array(sampleCount),
    rank: new Uint32Array(sampleCount),
    loss: new Float64Array(sampleCount),
    brier: new Float64Array(sampleCount),
    confidence: new Float64Array(sampleCount),
    others: new Float64Array(kind === 'logits' ? sampleCount : 0),
  };
}
