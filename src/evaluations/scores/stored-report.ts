/** A stored result as the report that it was stored from. */
import type { ScoreMetrics } from '../../metrics/full-report';
import type { TopK } from '../../metrics/ranking/top-k';
import { type Report, report } from '../../metrics/report';
import type { BootstrapIntervals, IntervalScalar } from '../../metrics/statistics/bootstrap';
import type { EvaluationResult } from '../evaluation-result.entity';
import { METRICS_OF_SCALAR } from './metrics-of-scalar';

export interface StoredReport {
  report: Report & Partial<ScoreMetrics>;
  bootstrap?: BootstrapIntervals;
}

/** Without what the result does not hold: the metrics of scores, and the intervals, of those from before. */
export function storedReport(result: EvaluationResult): StoredReport {
  const scores = storedScores(result);
  const bootstrap = storedBootstrap(result);
  return {
    report: { ...report(result), ...scores },
    ...(bootstrap && { bootstrap }),
  };
}

function storedScores(result: EvaluationResult): ScoreMetrics | undefined {
  const { brierScore: brier, classRocAuc, classAveragePrecision, reliability } = result;
  if (brier === null || !classRocAuc || !classAveragePrecision || !reliability) return undefined;
  return {
    topK: topKOf(result),
    brier,
    rocAucOvr: {
      perClass: classRocAuc,
      macro: result.rocAucMacro,
      weighted: result.rocAucWeighted,
    },
    averagePrecision: { perClass: classAveragePrecision, macro: result.averagePrecisionMacro },
    calibration: {
      expectedCalibrationError: result.expectedCalibrationError,
      bins: reliability.map(({ count, accuracy, meanConfidence }, i, { length }) => ({
        low: i / length,
        high: (i + 1) / length,
        count,
        accuracy,
        confidence: meanConfidence,
      })),
    },
  };
}

/** Only the k below the number of classes have a column that is not null. */
function topKOf(result: EvaluationResult): Partial<Record<TopK, number>> {
  const shares: [TopK, number | null][] = [
    [1, result.classCount > 1 ? result.accuracy : null],
    [2, result.top2Accuracy],
    [3, result.top3Accuracy],
    [5, result.top5Accuracy],
  ];
  return Object.fromEntries(shares.filter(([, share]) => share !== null));
}

function storedBootstrap({ intervals: stored }: EvaluationResult): BootstrapIntervals | undefined {
  if (!stored?.bootstrap) return undefined;
  const { bounds, otherMethods = {}, ...options } = stored.bootstrap;
  const intervals: BootstrapIntervals['intervals'] = {};
  for (const [scalar, [metric]] of Object.entries(METRICS_OF_SCALAR)) {
    const found = bounds[metric];
    if (found) intervals[scalar as IntervalScalar] = { low: found[0], high: found[1] };
  }
  return { method: 'bootstrap-percentile', otherMethods, ...options, intervals };
}
