/** An evaluation's result for a terminal: where it comes from, the scalars, the classes, the confusion. */
import type { PrecisionRecallF1, Report } from '../../metrics/report';
import { confusionLines } from './confusion-view';
import { formatCount, formatScore } from './numbers';
import { displayWidth, pad, printable, truncate } from './printable';
import { type Style, styleFor } from './style';
import { type Cell, type Column, tableLines } from './table';

export interface ReportView {
  report: Report;
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
  const scalars: [string, string][] = [
    ['Samples', formatCount(report.sampleCount)],
    ['Loss', formatScore(report.loss)],
    ['Accuracy', formatScore(report.accuracy)],
    ['Balanced accuracy', formatScore(report.balancedAccuracy)],
    ['Macro-F1', formatScore(report.macro.f1)],
  ];
  return [
    ...pairsBlock([...header, ...scalars], style),
    '',
    ...classLines(report, classNames, style),
    '',
    ...confusionLines(report.confusionMatrix, classNames, width, style),
  ];
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
