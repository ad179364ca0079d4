/** What changes from one classifier to another on the same samples. */
import { UserError } from '../../errors';
import { checkedLabel } from '../totals';

/** Two classifiers' predicted classes of the same samples, one entry a sample. */
export interface PairedPredictions {
  labels: ArrayLike<number>;
  /** The baseline. */
  predictedA: ArrayLike<number>;
  /** The candidate. */
  predictedB: ArrayLike<number>;
  classCount: number;
}

/** Counts of samples. */
export interface Flips {
  sampleCount: number;
  rightA: number;
  rightB: number;
  /** A alone is right. */
  rightToWrong: number;
  /** B alone is right. */
  wrongToRight: number;
  /** The predicted class differs, from one wrong one to another too. */
  churn: number;
}

export interface FlipReport {
  total: Flips;
  /** By true class, K entries. */
  perClass: Flips[];
  /** K×K signed counts, rows true, columns predicted: B's confusion matrix less A's. */
  confusionDifference: number[][];
}

/**
 * Source of churn: M. Milani Fard et al., "Launch and Iterate: Reducing Prediction Churn", 2016.
 *
 * @throws UserError COMPARISON_LENGTHS_DIFFER, LABEL_OUT_OF_RANGE (labels and predictions alike)
 */
export function countFlips(pairs: PairedPredictions): FlipReport {
  const { labels, predictedA, predictedB, classCount } = pairs;
  const n = labels.length;
  if (predictedA.length !== n || predictedB.length !== n) {
    throw new UserError(
      'COMPARISON_LENGTHS_DIFFER',
      `A comparison needs both predictions of every sample, but there are ${n} labels, ` +
        `${predictedA.length} and ${predictedB.length} predictions: compare results on the same samples.`,
      { details: { labels: n, predictedA: predictedA.length, predictedB: predictedB.length } },
    );
  }
  const perClass = Array.from({ length: classCount }, noFlips);
  const confusionDifference = Array.from({ length: classCount }, () =>
    new Array<number>(classCount).fill(0),
  );
  for (let i = 0; i < n; i++) {
    const label = checkedLabel(labels[i] as number, classCount, i);
    const a = checkedLabel(predictedA[i] as number, classCount, i);
    const b = checkedLabel(predictedB[i] as number, classCount, i);
    const flips = perClass[label] as Flips;
    flips.sampleCount++;
    if (a === label) flips.rightA++;
    if (b === label) flips.rightB++;
    if (a === b) continue;
    flips.churn++;
    if (a === label) flips.rightToWrong++;
    else if (b === label) flips.wrongToRight++;
    const row = confusionDifference[label] as number[];
    row[a] = (row[a] as number) - 1;
    row[b] = (row[b] as number) + 1;
  }
  return { total: perClass.reduce(added, noFlips()), perClass, confusionDifference };
}

function noFlips(): Flips {
  return { sampleCount: 0, rightA: 0, rightB: 0, rightToWrong: 0, wrongToRight: 0, churn: 0 };
}

function added(a: Flips, b: Flips): Flips {
  return {
    sampleCount: a.sampleCount + b.sampleCount,
    rightA: a.rightA + b.rightA,
    rightB: a.rightB + b.rightB,
    rightToWrong: a.rightToWrong + b.rightToWrong,
    wrongToRight: a.wrongToRight + b.wrongToRight,
    churn: a.churn + b.churn,
  };
}
