/** Which samples seem to carry a wrong label: confident learning on a classifier's own probabilities. */
import { CompensatedSum } from './compensated-sum';
import { probabilityOf } from './sample-confidence';
import type { Predictions, SampleScores } from './sample-scores';

export interface LabelError {
  /** The sample's place in the split. */
  index: number;
  label: number;
  /** The class that the sample seems to be of. */
  suggested: number;
  /** The probability of the suggested class less that of the label, −1…1: the higher, the likelier an error. */
  score: number;
}

/**
 * A class's threshold t_j is the mean probability of j over the samples labelled j. A sample counts to the
 * most probable class among those with p_j ≥ t_j, of equal ones the lowest; where that is another than its
 * label, and the classifier does not predict the label either, the label is in doubt. The thresholds make up
 * for classes on which the classifier is generally surer or less sure. A class without samples has none.
 *
 * The classifier must not have been trained on these samples: it would have learnt the wrong labels, too.
 * Source: C. G. Northcutt, L. Jiang & I. L. Chuang, "Confident Learning: Estimating Uncertainty in Dataset
 * Labels", 2021, equations 1 and 2 (the off-diagonal of the confident joint); order and the condition on the
 * prediction as in cleanlab's find_label_issues (filter_by "confident_learning", rank by normalized margin).
 *
 * @returns the highest score first, of equal ones the lower index
 */
export function labelErrors(predictions: Predictions, scores: SampleScores): LabelError[] {
  const thresholds = classThresholds(predictions, scores);
  const found: LabelError[] = [];
  for (let i = 0; i < scores.sampleCount; i++) {
    const label = scores.labels[i] as number;
    if (scores.predicted[i] === label) continue;
    const best = confidentClass(predictions, scores, i, thresholds);
    if (best === undefined || best.classIndex === label) continue;
    const score = best.probability - probabilityOf(predictions, scores, i, label);
    found.push({ index: i, label, suggested: best.classIndex, score });
  }
  return found.sort((a, b) => b.score - a.score || a.index - b.index);
}

/** By class; infinite for one without samples, which no probability reaches. */
function classThresholds(predictions: Predictions, scores: SampleScores): number[] {
  const counts = new Array<number>(scores.classCount).fill(0);
  const sums = counts.map(() => new CompensatedSum());
  for (let i = 0; i < scores.sampleCount; i++) {
    const label = scores.labels[i] as number;
    counts[label] = (counts[label] as number) + 1;
    sums[label]?.add(probabilityOf(predictions, scores, i, label));
  }
  return sums.map(({ value }, k) => (counts[k] === 0 ? Infinity : value / (counts[k] as number)));
}

function confidentClass(
  predictions: Predictions,
  scores: SampleScores,
  sample: number,
  thresholds: readonly number[],
): { classIndex: number; probability: number } | undefined {
  let best: { classIndex: number; probability: number } | undefined;
  for (const [classIndex, threshold] of thresholds.entries()) {
    const probability = probabilityOf(predictions, scores, sample, classIndex);
    if (probability < threshold) continue;
    if (best === undefined || probability > best.probability) best = { classIndex, probability };
  }
  return best;
}
