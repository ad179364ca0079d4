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

/** Metrics of raw outputs alone. */
export interface Scored {
  metrics: ScoreMetrics;
  /** What intervals and comparisons go on from. */
  scores: SampleScores;
  /** K entries where they were asked for, else none. */
  curves: ClassCurves[];
}

export interface ScoredReport extends Omit<Scored, 'metrics'> {
  report: FullReport;
}

interface ScoreOptions {
  curves?: boolean;
}

/**
 * All metrics of raw outputs; with one pass over the rows and one over each class's column, 1,000,000 × 10
 * take about a second.
 *
 * @throws UserError as `scoreSamples` and `report` do
 */
export function fullReport(predictions: Predictions, options: ScoreOptions = {}): ScoredReport {
  const { metrics, ...scored } = scoreMetrics(predictions, options);
  return { report: { ...report(totalsOfScores(scored.scores)), ...metrics }, ...scored };
}

/**
 * What `fullReport` adds to a report: the K×K shares of one with many classes need not be made for it.
 * Source of the Brier score: G. W. Brier, 1950 (the sum over all classes, for two classes twice what
 * sklearn.metrics.brier_score_loss gives).
 *
 * @throws UserError as `scoreSamples` does
 */
export function scoreMetrics(predictions: Predictions, options: ScoreOptions = {}): Scored {
  const scores = scoreSamples(predictions);
  const curves: ClassCurves[] = [];
  const ranking = oneVsRest(
    predictions,
    scores,
    options.curves === true ? (ofClass) => curves.push(ofClass) : undefined,
  );
  return {
    metrics: {
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
