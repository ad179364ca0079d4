/** Everything that is said of a classifier: its decisions, its ranking and its confidence. */
import { calibration, type Calibration } from './calibration/reliability';
import { sumOf } from './compensated-sum';
import { type ClassCurves, type OneVsRest, oneVsRest } from './ranking/one-vs-rest';
import { topKAccuracy, type TopK } from './ranking/top-k';
import { report, type Report } from './report';
import { type Predictions, type SampleScores, scoreSamples, totalsOfScores } from './sample-scores';

/** What needs the raw outputs and not only counts. */
export interface ScoreMetrics {
  /** By k, for 1, 2, 3 and 5 as far as there are more classes. */
  topK: Partial<Record<TopK, number>>;
  /** The multi-class Brier score, the mean of Σ over classes of (probability − truth)²: 0…2. */
  brier: number;
  rocAucOvr: OneVsRest['rocAuc'];
  averagePrecision: OneVsRest['averagePrecision'];
  calibration: Calibration;
}

export interface FullReport extends Report, ScoreMetrics {}

export interface ScoredReport {
  report: FullReport;
  /** What intervals and comparisons go on from. */
  scores: SampleScores;
  /** K entries where they were asked for, else none. */
  curves: ClassCurves[];
}

/**
 * All metrics of raw outputs; with one pass over the rows and one over each class's column, 1,000,000 × 10
 * take about a second.
 * Source of the Brier score: G. W. Brier, 1950 (the sum over all classes, for two classes twice what
 * sklearn.metrics.brier_score_loss gives).
 *
 * @throws UserError as `scoreSamples` and `report` do
 */
export function fullReport(
  predictions: Predictions,
  options: { curves?: boolean } = {},
): ScoredReport {
  const scores = scoreSamples(predictions);
  const counted = report(totalsOfScores(scores));
  const curves: ClassCurves[] = [];
  const ranking = oneVsRest(
    predictions,
    scores,
    options.curves === true ? (ofClass) => curves.push(ofClass) : undefined,
  );
  return {
    report: {
      ...counted,
      topK: topKAccuracy(scores),
      brier: sumOf(scores.brier) / scores.sampleCount,
      rocAucOvr: ranking.rocAuc,
      averagePrecision: ranking.averagePrecision,
      calibration: calibration(scores),
    },
    scores,
    curves,
  };
}
