/** What adds up over batches and shards: everything else about a result derives from it. */
import { UserError } from '../errors';
import { CompensatedSum } from './compensated-sum';
import { argmax, crossEntropy } from './cross-entropy';

export interface EvaluationTotals {
  classCount: number;
  sampleCount: number;
  /** Sum over samples of the cross-entropy loss in nats. */
  lossSum: number;
  /** classCount × classCount integer counts, rows true, columns predicted. */
  confusionMatrix: number[][];
}

/**
 * Totals of no samples: a starting point for `addBatch` and the neutral element of `mergeTotals`.
 *
 * @throws UserError CLASS_COUNT_INVALID
 */
export function emptyTotals(classCount: number): EvaluationTotals {
  checkClassCount(classCount);
  return {
    classCount,
    sampleCount: 0,
    lossSum: 0,
    confusionMatrix: Array.from({ length: classCount }, () =>
      new Array<number>(classCount).fill(0),
    ),
  };
}

/** How one row of raw outputs is checked and what it costs; rows lie one after another in `outputs`. */
export interface RowRule {
  /** @param sample the row's place in the split, for messages. @throws UserError where a value makes no sense */
  check(outputs: ArrayLike<number>, start: number, classCount: number, sample: number): void;
  /** @param predicted the index of the largest value. @returns the loss in nats */
  loss(
    outputs: ArrayLike<number>,
    start: number,
    classCount: number,
    label: number,
    predicted: number,
  ): number;
}

/** Logits: finite, with the cross-entropy of their softmax. */
export const LOGITS: RowRule = { check: checkFinite, loss: crossEntropy };

/**
 * Adds a batch to `totals` in place; where it throws, `totals` is as before.
 *
 * @param logits labels.length × classCount raw outputs, row by row
 * @param labels the batch's true class indices
 * @param firstSample the first row's index in the split: errors name samples by their place there
 * @throws UserError LOGITS_SHAPE_MISMATCH, LABEL_OUT_OF_RANGE, LOGITS_NOT_FINITE, or LOSS_OVERFLOW where
 *   finite float64 logits are so far apart that the loss is not a float64 any more
 */
export function addBatch(
  totals: EvaluationTotals,
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  firstSample = 0,
): void {
  addRows(totals, logits, labels, firstSample, LOGITS);
}

/** As `addBatch`, for raw outputs of any kind; throws what the rule throws instead of LOGITS_NOT_FINITE. */
export function addRows(
  totals: EvaluationTotals,
  outputs: ArrayLike<number>,
  labels: ArrayLike<number>,
  firstSample: number,
  rule: RowRule,
): void {
  const { classCount, confusionMatrix } = totals;
  const count = labels.length;
  checkShape(outputs, count, classCount);
  const predictions = new Uint32Array(count);
  const loss = new CompensatedSum();
  loss.add(totals.lossSum);
  for (let i = 0; i < count; i++) {
    const label = checkedLabel(labels[i] as number, classCount, firstSample + i);
    const start = i * classCount;
    rule.check(outputs, start, classCount, firstSample + i);
    const predicted = argmax(outputs, start, classCount);
    predictions[i] = predicted;
    loss.add(rule.loss(outputs, start, classCount, label, predicted));
  }
  const lossSum = loss.value;
  if (!Number.isFinite(lossSum)) throw lossOverflow();

  for (let i = 0; i < count; i++) {
    const row = confusionMatrix[labels[i] as number] as number[];
    const predicted = predictions[i] as number;
    row[predicted] = (row[predicted] as number) + 1;
  }
  totals.lossSum = lossSum;
  totals.sampleCount += count;
}

/** Totals of `labels.length` samples; parameters and errors as for `addBatch`. */
export function totalsOf(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
  firstSample = 0,
): EvaluationTotals {
  const totals = emptyTotals(classCount);
  addBatch(totals, logits, labels, firstSample);
  return totals;
}

/**
 * The totals of two disjoint sets of samples together; neither argument is changed.
 *
 * @throws UserError LOSS_OVERFLOW as `addBatch` does; RangeError where the class counts differ, a bug
 */
export function mergeTotals(a: EvaluationTotals, b: EvaluationTotals): EvaluationTotals {
  if (a.classCount !== b.classCount) {
    throw new RangeError(`totals of ${a.classCount} and of ${b.classCount} classes do not add up`);
  }
  const lossSum = a.lossSum + b.lossSum;
  if (!Number.isFinite(lossSum)) throw lossOverflow();
  return {
    classCount: a.classCount,
    sampleCount: a.sampleCount + b.sampleCount,
    lossSum,
    confusionMatrix: a.confusionMatrix.map((row, i) =>
      row.map((count, j) => count + (b.confusionMatrix[i]?.[j] ?? 0)),
    ),
  };
}

/** @throws UserError CLASS_COUNT_INVALID unless it is a whole number of at least 1 */
export function checkClassCount(classCount: number): void {
  if (Number.isSafeInteger(classCount) && classCount >= 1) return;
  throw new UserError(
    'CLASS_COUNT_INVALID',
    `A classifier needs a whole number of classes, at least 1, not ${classCount}.`,
    { details: { classCount } },
  );
}

/** @throws UserError LOGITS_SHAPE_MISMATCH unless there are `count` rows of `classCount` outputs */
export function checkShape(outputs: ArrayLike<number>, count: number, classCount: number): void {
  if (outputs.length === count * classCount) return;
  throw new UserError(
    'LOGITS_SHAPE_MISMATCH',
    `${count} labels of ${classCount} classes need ${count * classCount} logits, not ` +
      `${outputs.length}: check that the model gives one score a class for every sample.`,
    { details: { labels: count, classCount, logits: outputs.length } },
  );
}

/** @throws UserError LABEL_OUT_OF_RANGE unless `label` is an index of one of `classCount` classes */
export function checkedLabel(label: number, classCount: number, sample: number): number {
  if (Number.isInteger(label) && label >= 0 && label < classCount) return label;
  throw new UserError(
    'LABEL_OUT_OF_RANGE',
    `Sample ${sample} has the label ${label}; with ${classCount} classes a label is a whole number ` +
      `from 0 to ${classCount - 1}. Check that the labels belong to this class list.`,
    { details: { sample, label, classCount } },
  );
}

function checkFinite(
  logits: ArrayLike<number>,
  start: number,
  classCount: number,
  sample: number,
): void {
  for (let k = 0; k < classCount; k++) {
    const logit = logits[start + k];
    if (Number.isFinite(logit)) continue;
    throw new UserError(
      'LOGITS_NOT_FINITE',
      `The logit of sample ${sample} for class ${k} is ${logit}, so no metric would be right. ` +
        'Check the checkpoint for NaN or overflowed weights.',
      // A string: JSON turns NaN and Infinity into null.
      { details: { sample, classIndex: k, logit: String(logit) } },
    );
  }
}

/** What is thrown where finite logits have no finite loss. */
export function lossOverflow(): UserError {
  return new UserError(
    'LOSS_OVERFLOW',
    'The logits lie so far apart that their loss is no float64 number: scale them down, or check ' +
      'that these are logits and not sums of something else.',
  );
}
