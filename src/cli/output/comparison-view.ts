/** A comparison for a terminal: the verdict first, then each scalar, then what changed sides. */
import type {
  FlipCounts,
  McNemarTest,
  MetricDelta,
} from '../../analysis/comparison/comparison-fields';
import { RESULT_METRIC_LABELS } from '../../evaluations/result-metric';
import type { Outcome } from '../../metrics/comparison/verdict';
import { formatCount, formatPercent, formatScore } from './numbers';
import { printable, truncate } from './printable';
import { type Style, styleFor } from './style';
import { type Column, tableLines } from './table';

export interface ShownComparison {
  baseline: ShownSide;
  candidate: ShownSide;
  dataset: string;
  split: string;
  dataDigest: string;
  sampleCount: number;
  deltas: MetricDelta[];
  mcnemar: McNemarTest;
  flips: FlipCounts;
  /** All classes, in order. */
  classFlips: { className: string; rightToWrong: number; wrongToRight: number; support: number }[];
  verdict: Outcome;
  verdictText: string;
  level: number;
  resamples: number;
  seed: number;
}

export interface ShownSide {
  resultId: string;
  checkpoint: string;
  checkpointDigest: string;
}

/** Of a dataset with more classes those with the most flips are shown. */
const MAX_CLASSES = 20;
const CLASS_NAME_WIDTH = 32;
const right = (title: string): Column => ({ title, align: 'right' });

export function writeComparison(
  out: NodeJS.WritableStream,
  shown: ShownComparison,
  options: { isTty?: boolean } = {},
): void {
  const style = styleFor(options.isTty ?? false);
  const lines = [
    verdictLine(shown, style),
    '',
    ...headerLines(shown, style),
    '',
    ...deltaLines(shown, style),
    '',
    ...flipLines(shown),
    '',
    ...classLines(shown, style),
  ];
  out.write(`${lines.join('\n')}\n`);
}

function verdictLine({ verdict, verdictText }: ShownComparison, style: Style): string {
  if (verdict === 'not distinguishable') return style('bold', verdictText);
  return style(verdict === 'better' ? 'green' : 'red', verdictText);
}

function headerLines(shown: ShownComparison, style: Style): string[] {
  const { baseline, candidate, dataset, split, level, resamples, seed } = shown;
  const side = ({ resultId, checkpoint }: ShownSide) => `${resultId}  ${printable(checkpoint)}`;
  const percent = Number((level * 100).toPrecision(6));
  return [
    `${style('dim', 'Baseline ')}  ${side(baseline)}`,
    `${style('dim', 'Candidate')}  ${side(candidate)}`,
    `${style('dim', 'Data     ')}  ${printable(dataset)}, split ${printable(split)}, ` +
      `${formatCount(shown.sampleCount)} samples`,
    `${style('dim', 'Intervals')}  ${percent} %, paired bootstrap, ${formatCount(resamples)} resamples, seed ${seed}`,
  ];
}

function deltaLines({ deltas }: ShownComparison, style: Style): string[] {
  const score = (value: number | null): string => (value === null ? '-' : formatScore(value));
  return tableLines(
    [
      { title: 'Metric', align: 'left' },
      ...['Baseline', 'Candidate', 'Delta', 'Low', 'High'].map(right),
    ],
    deltas.map(({ metric, baseline, candidate, delta, lower, upper }) => [
      RESULT_METRIC_LABELS[metric],
      score(baseline),
      score(candidate),
      ...[delta, lower, upper].map(signed),
    ]),
    { paintHeader: (line) => style('bold', line) },
  );
}

function flipLines({ flips, mcnemar }: ShownComparison): string[] {
  const { rightToWrong, wrongToRight, bothRight, bothWrong, churn } = flips;
  return [
    `Right to wrong ${formatCount(rightToWrong)}, wrong to right ${formatCount(wrongToRight)}, ` +
      `both right ${formatCount(bothRight)}, both wrong ${formatCount(bothWrong)}`,
    `Another class predicted for ${formatPercent(churn)} of the samples; McNemar p = ${pValue(mcnemar.pValue)}`,
  ];
}

function classLines({ classFlips }: ShownComparison, style: Style): string[] {
  const changed = classFlips.filter((one) => one.rightToWrong + one.wrongToRight > 0);
  const most = [...changed]
    .sort((a, b) => b.rightToWrong + b.wrongToRight - (a.rightToWrong + a.wrongToRight))
    .slice(0, MAX_CLASSES);
  const left = changed.length - most.length;
  return [
    ...tableLines(
      [
        { title: 'Class', align: 'left' },
        ...['Right to wrong', 'Wrong to right', 'Net', 'Support'].map(right),
      ],
      most.map(({ className, rightToWrong, wrongToRight, support }) => [
        truncate(printable(className), CLASS_NAME_WIDTH),
        formatCount(rightToWrong),
        formatCount(wrongToRight),
        `${wrongToRight > rightToWrong ? '+' : ''}${formatCount(wrongToRight - rightToWrong)}`,
        formatCount(support),
      ]),
      { paintHeader: (line) => style('bold', line) },
    ),
    ...(left > 0 ? [`and ${formatCount(left)} more classes; --json has all`] : []),
  ];
}

function signed(value: number | null): string {
  if (value === null) return '-';
  const text = formatScore(value);
  if (Number(text) === 0) return text.replace('-', '');
  return value > 0 ? `+${text}` : text;
}

function pValue(p: number): string {
  return p < 1e-4 ? p.toExponential(1) : Number(p.toPrecision(4)).toString();
}
