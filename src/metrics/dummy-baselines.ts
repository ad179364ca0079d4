/** What guessing without looking at an image would reach: the floor below every classifier. */
import { sumOf } from './compensated-sum';
import { ratio } from './confusion-matrix';

export type DummyStrategy = 'majority-class' | 'stratified';

export interface DummyBaseline {
  strategy: DummyStrategy;
  accuracy: number;
  /** Over all K classes, absent ones too. */
  macroF1: number;
  /** Mean cross-entropy in nats; null where a strategy gives no probabilities. */
  loss: number | null;
}

/** As a report for people calls them: "guessing …". */
export const DUMMY_WORDS: Record<DummyStrategy, string> = {
  'majority-class': 'always the most frequent class',
  stratified: 'at random by frequency',
};

/**
 * Both baselines in closed form, with p_k = support_k / n:
 *
 * - `majority-class` always says the most frequent class (of equal ones the lowest index), with the
 *   probabilities p for every sample: accuracy max p, loss −Σ p_k ln p_k. That is
 *   sklearn.dummy.DummyClassifier(strategy='prior') fitted on the same labels; 'most_frequent' decides alike.
 * - `stratified` draws each answer with the probabilities p: its expected confusion matrix is n·p_i·p_j, so
 *   that precision, recall and F1 of a class are p_k: accuracy Σ p_k², macro-F1 1/K. A draw from
 *   DummyClassifier(strategy='stratified') scatters around them. It is certain of each answer and wrong in
 *   many, so it has no finite loss: null.
 *
 * @param support how many samples truly belong to each class (K), one of them at least 1
 */
export function dummyBaselines(support: readonly number[]): DummyBaseline[] {
  const n = sumOf(support);
  const shares = support.map((count) => count / n);
  const most = Math.max(...shares);
  return [
    {
      strategy: 'majority-class',
      accuracy: most,
      // Its recall is 1 and its precision the share; all other classes have an F1 of 0.
      macroF1: ratio(2 * most, 1 + most) / support.length,
      loss: sumOf(shares.map((share) => (share === 0 ? 0 : share * Math.log(1 / share)))),
    },
    {
      strategy: 'stratified',
      accuracy: sumOf(shares.map((share) => share * share)),
      macroF1: sumOf(shares) / support.length,
      loss: null,
    },
  ];
}
