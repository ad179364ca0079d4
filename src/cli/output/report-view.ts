/** An evaluation's result for a terminal: where it comes from, the scalars, the classes, the confusion. */
import { RESULT_METRIC_LABELS, type ResultMetric } from '../../evaluations/result-metric';
import type { PrecisionRecallF1 } from '../../metrics/class-metrics';
import type { ScoreMetrics } from '../../metrics/full-report';
import type { Report } from '../../metrics/report';
import type { BootstrapIntervals, IntervalScalar } from '../../metrics/statistics/bootstrap';
import type { Interval } from '../../metrics/statistics/interval';
import { confusionLines } from './confusion-view';
import { formatCount, formatScore } from './numbers';
import { displayWidth, pad, printable, truncate } from './printable';
import { type Style, styleFor } from './style';
import { type Cell, type Column, tableLines } from './table';

export interface ReportView {
  /** The metrics of scores are shown where they are known. */
  report: Report & Partial<ScoreMetrics>;
  /** Shown beside their scalars. */
  bootstrap?: BootstrapIntervals;
  /** As many as the report has classes, in the order of their indices. */
  classNames: readonly string[];
  /** What was evaluated, as [name, value]: checkpoint, dataset, engine. */
  header?: readonly (readonly [string, string])[];
}

export interface ViewOptions {
  isTty?: boolean;
  /** Cells of a line; the terminal's own where the stream tells. */
  width?: number;
}

const DEFAULT_WIDTH = 100;
const CLASS_NAME_WIDTH = 32;
/** Top-1 is the accuracy, which has its line already. */
const TOP_NAMES = [
  [2, 'top2', 'top2Accuracy'],
  [3, 'top3', 'top3Accuracy'],
  [5, 'top5', 'top5Accuracy'],
] as const;

/** Writes the whole result; names are made printable first, wherever they come from. */
export function writeReport(
  out: NodeJS.WritableStream,
  view: ReportView,
  options: ViewOptions = {},
): void {
  const width = options.width ?? (out as { columns?: number }).columns ?? DEFAULT_WIDTH;
  const style = styleFor(options.isTty ?? false);
  out.write(`${reportLines(view, width, style).join('\n')}\n`);
}

/** The lines of the result, without line ends. */
export function reportLines(view: ReportView, width: number, style: Style): string[] {
  const { report } = view;
  const classNames = report.perClass.map(({ label }) =>
    printable(view.classNames[label] ?? String(label)),
  );
  const header = (view.header ?? []).map(([name, value]): [string, string] => [
    printable(name),
    printable(value),
  ]);
  return [
    ...pairsBlock([...header, ...scalarPairs(report, view.bootstrap)], style),
    '',
    ...classLines(report, classNames, style),
    '',
    ...confusionLines(report.confusionMatrix, classNames, width, style),
  ];
}

function scalarPairs(
  report: ReportView['report'],
  found: BootstrapIntervals | undefined,
): [string, string][] {
  const score = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'undefined' : formatScore(value);
  const range = ({ low, high }: Interval): string => `${formatScore(low)} to ${formatScore(high)}`;
  const row = (
    metric: ResultMetric,
    value: number | null | undefined,
    name?: IntervalScalar,
  ): [string, string] => {
    const title = RESULT_METRIC_LABELS[metric];
    const interval = name && found?.intervals[name];
    return [title, interval ? `${score(value)}  (${range(interval)})` : score(value)];
  };
  const { topK, brier, rocAucOvr, averagePrecision, calibration } = report;
  return [
    ['Samples', formatCount(report.sampleCount)],
    row('loss', report.loss, 'loss'),
    row('accuracy', report.accuracy, 'accuracy'),
    ['  95 % (Wilson)', range(report.accuracyWilson95)],
    row('balancedAccuracy', report.balancedAccuracy, 'balancedAccuracy'),
    row('macroF1', report.macro.f1, 'macroF1'),
    row('cohenKappa', report.cohenKappa, 'cohenKappa'),
    row('matthewsCorrcoef', report.matthewsCorrcoef, 'matthewsCorrcoef'),
    ...TOP_NAMES.filter(([k]) => topK?.[k] !== undefined).map(([k, name, metric]) =>
      row(metric, topK?.[k], name),
    ),
    ...(brier === undefined ? [] : [row('brierScore', brier, 'brier')]),
    ...(rocAucOvr ? [row('rocAucMacro', rocAucOvr.macro)] : []),
    ...(averagePrecision ? [row('averagePrecisionMacro', averagePrecision.macro)] : []),
    ...(calibration ? [row('expectedCalibrationError', calibration.expectedCalibrationError)] : []),
    ...(found ? [intervalNote(found)] : []),
  ];
}

function intervalNote({
  level,
  resamples,
  seed,
  stratified,
}: BootstrapIntervals): [string, string] {
  const kind = `${Number((level * 100).toPrecision(6))} % bootstrap percentiles`;
  const strata = stratified ? ', stratified by class' : '';
  return ['(low to high)', `${kind}, ${formatCount(resamples)} resamples, seed ${seed}${strata}`];
}

function pairsBlock(pairs: readonly [string, string][], style: Style): string[] {
  const width = Math.max(...pairs.map(([name]) => displayWidth(name)));
  return pairs.map(([name, value]) => `${style('dim', pad(name, width, 'left'))}  ${value}`);
}

function classLines(report: Report, classNames: readonly string[], style: Style): string[] {
  const right = (title: string): Column => ({ title, align: 'right' });
  const scores = ({ precision, recall, f1 }: PrecisionRecallF1): Cell[] =>
    [precision, recall, f1].map(formatScore);
  const all = formatCount(report.sampleCount);
  return tableLines(
    [{ title: 'Class', align: 'left' }, ...['Precision', 'Recall', 'F1', 'Support'].map(right)],
    [
      ...report.perClass.map((metrics, i) => [
        truncate(classNames[i] ?? '', CLASS_NAME_WIDTH),
        ...scores(metrics),
        formatCount(metrics.support),
      ]),
      ['', '', '', '', ''],
      ['macro average', ...scores(report.macro), all],
      ['micro average', ...scores(report.micro), all],
      ['weighted average', ...scores(report.weighted), all],
    ],
    { paintHeader: (line) => style('bold', line) },
  );
}
