/** A report for a program to read, under the field names that scikit-learn users of Assay compare with. */
import type { StoredReport } from './stored-report';
import type { ReliabilityBin } from '../../metrics/calibration/reliability';
import type { ScoreMetrics } from '../../metrics/full-report';
import type { ClassCurves } from '../../metrics/ranking/one-vs-rest';
import type { Report } from '../../metrics/report';
import type { BootstrapIntervals } from '../../metrics/statistics/bootstrap';

type ByClass = Record<string, number | null>;

export interface ReportJson extends Omit<Report, 'sampleCount' | 'accuracyWilson95'> {
  n: number;
  /** The class names in the order of their indices, where they are known. */
  classes?: readonly string[];
  accuracyWilson95: [low: number, high: number];
}

/** What needs the raw outputs; each `perClass` has all K class indices as its keys. */
export interface ScoreMetricsJson extends Pick<ScoreMetrics, 'topK' | 'brier'> {
  rocAucOvr: { perClass: ByClass; macro: number | null; weighted: number | null };
  averagePrecision: { perClass: ByClass; macro: number | null };
  expectedCalibrationError15: number | null;
  reliability: ReliabilityBin[];
}

export interface FullReportJson extends ReportJson, ScoreMetricsJson {
  /** By class, where asked for. */
  curves?: readonly ClassCurves[];
  /** Where asked for. */
  bootstrap?: BootstrapIntervals;
}

/** Plain data for JSON.stringify; numbers keep all their digits. */
export function reportJson(report: Report, classNames?: readonly string[]): ReportJson {
  const { sampleCount, accuracyWilson95, ...rest } = report;
  return {
    n: sampleCount,
    ...(classNames === undefined ? {} : { classes: classNames }),
    ...rest,
    accuracyWilson95: [accuracyWilson95.low, accuracyWilson95.high],
  };
}

/** As `reportJson`, with the metrics of scores. */
export function fullReportJson(
  report: Report & ScoreMetrics,
  classNames?: readonly string[],
): FullReportJson {
  const { topK, brier, rocAucOvr, averagePrecision, calibration, ...counted } = report;
  return {
    ...reportJson(counted, classNames),
    topK,
    brier,
    rocAucOvr: { ...rocAucOvr, perClass: byClass(rocAucOvr.perClass) },
    averagePrecision: { ...averagePrecision, perClass: byClass(averagePrecision.perClass) },
    expectedCalibrationError15: calibration.expectedCalibrationError,
    reliability: calibration.bins,
  };
}

/** With whatever of the metrics of scores and the intervals is there. */
export function storedReportJson(
  { report, bootstrap }: StoredReport,
  classNames?: readonly string[],
): ReportJson & Partial<FullReportJson> {
  return {
    ...(hasScores(report) ? fullReportJson(report, classNames) : reportJson(report, classNames)),
    ...(bootstrap && { bootstrap }),
  };
}

/** They are there together or not at all. */
function hasScores(report: StoredReport['report']): report is Report & ScoreMetrics {
  return report.brier !== undefined;
}

function byClass(values: readonly (number | null)[]): ByClass {
  return Object.fromEntries(values.entries());
}
