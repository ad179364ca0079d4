/** What the raw outputs of a run say: computed in the metrics thread, kept in its result. */
import { type ScoreMetrics, scoreMetrics } from '../../metrics/full-report';
import type { Predictions, SampleScores } from '../../metrics/sample-scores';
import { bootstrapIntervals, type IntervalScalar } from '../../metrics/statistics/bootstrap';
import { DEFAULT_RESAMPLES } from '../../metrics/statistics/bootstrap-options';
import { TOP_K } from '../../metrics/ranking/top-k';
import { METRICS_OF_SCALAR } from './metrics-of-scalar';
import type { BoundsByMetric, StoredIntervals } from './stored-intervals';

/** One of the bins of equal width that the calibration error sums over; nulls where it is empty. */
export interface StoredBin {
  count: number;
  accuracy: number | null;
  meanConfidence: number | null;
}

/** Under the names of the result's properties. */
export interface ScoreColumns {
  top2Accuracy: number | null;
  top3Accuracy: number | null;
  top5Accuracy: number | null;
  rocAucMacro: number | null;
  rocAucWeighted: number | null;
  averagePrecisionMacro: number | null;
  brierScore: number;
  expectedCalibrationError: number | null;
  classRocAuc: (number | null)[];
  classAveragePrecision: (number | null)[];
  reliability: StoredBin[];
}

export interface RunScores {
  columns: ScoreColumns;
  bootstrap: NonNullable<StoredIntervals['bootstrap']>;
  /** How many samples are right: the shards have counted the same, if outputs and labels are theirs. */
  rightCount: number;
}

/** The bootstrap draws a count for each kind of sample (labels, decision and rank): with many classes, for each sample. */
const MOST_DRAWS = 50_000_000;
/** The fewest whose 2.5 % and 97.5 % quantiles lie well within what was drawn. */
const LEAST_RESAMPLES = 200;

/** @throws UserError as `scoreSamples` does */
export function scoreRun(predictions: Predictions): RunScores {
  const { metrics, scores } = scoreMetrics(predictions);
  const { topK, rocAucOvr, averagePrecision, calibration, brier } = metrics;
  return {
    columns: {
      top2Accuracy: topK[2] ?? null,
      top3Accuracy: topK[3] ?? null,
      top5Accuracy: topK[5] ?? null,
      rocAucMacro: rocAucOvr.macro,
      rocAucWeighted: rocAucOvr.weighted,
      averagePrecisionMacro: averagePrecision.macro,
      brierScore: brier,
      expectedCalibrationError: calibration.expectedCalibrationError,
      classRocAuc: rocAucOvr.perClass,
      classAveragePrecision: averagePrecision.perClass,
      reliability: binsOf(calibration),
    },
    bootstrap: bootstrapOf(predictions, scores),
    rightCount: scores.rank.reduce((count, rank) => (rank === 0 ? count + 1 : count), 0),
  };
}

function binsOf({ bins }: ScoreMetrics['calibration']): StoredBin[] {
  return bins.map(({ count, accuracy, confidence }) => ({
    count,
    accuracy,
    meanConfidence: confidence,
  }));
}

function bootstrapOf(
  predictions: Predictions,
  scores: SampleScores,
): NonNullable<StoredIntervals['bootstrap']> {
  const kinds = scores.classCount ** 2 * (TOP_K.length + 1);
  const fitting = Math.floor(MOST_DRAWS / Math.min(scores.sampleCount, kinds));
  const wanted = Math.max(LEAST_RESAMPLES, Math.min(DEFAULT_RESAMPLES, fitting));
  const { level, resamples, seed, stratified, otherMethods, intervals } = bootstrapIntervals(
    predictions,
    scores,
    { resamples: wanted },
  );
  const bounds: BoundsByMetric = {};
  for (const [scalar, metrics] of Object.entries(METRICS_OF_SCALAR)) {
    const interval = intervals[scalar as IntervalScalar];
    if (!interval) continue;
    for (const metric of metrics) bounds[metric] = [interval.low, interval.high];
  }
  return { level, resamples, seed, stratified, otherMethods, bounds };
}
