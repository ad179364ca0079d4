/** A result as a report for people, in Markdown. */
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { RESULT_METRIC_LABELS } from '../evaluations/result-metric';
import { boundsOf } from '../evaluations/scores/stored-intervals';
import { markdownTable, markdownText } from '../markdown/markdown-text';
import { rowSums } from '../metrics/confusion-matrix';
import { DUMMY_WORDS, dummyBaselines } from '../metrics/dummy-baselines';
import { report } from '../metrics/report';
import { classNameOf, type ExportedResult } from './exported-result';
import { NAMED_METRICS } from './metric-names';

/** A matrix of more classes is no longer read by anybody, and too wide for a page. */
const MAX_MATRIX_CLASSES = 20;

const left = (title: string) => ({ title, align: 'left' as const });
const right = (title: string) => ({ title, align: 'right' as const });

export function resultMarkdown(exported: ExportedResult): string {
  const { checkpoint, dataset, result } = exported;
  return [
    `# ${markdownText(checkpoint.name)} on ${markdownText(dataset.name)}, ${markdownText(result.split)}`,
    '',
    ...resultSections(exported),
    '',
  ].join('\n');
}

/** All below the title; headings are of the second level. */
export function resultSections(exported: ExportedResult): string[] {
  const { result, dataset } = exported;
  const names = Array.from({ length: result.classCount }, (_, k) =>
    markdownText(classNameOf(dataset.classNames, k)),
  );
  return [
    ...facts(exported),
    '',
    '## Metrics',
    '',
    ...scalars(result),
    '',
    '## Compared with guessing',
    '',
    ...baselines(result),
    '',
    '## Classes',
    '',
    ...classes(result, names),
    '',
    '## Confusion matrix',
    '',
    ...matrix(result, names),
  ];
}

function facts({ checkpoint, dataset, result }: ExportedResult): string[] {
  const rows: [string, string][] = [
    ['Checkpoint', `${markdownText(checkpoint.name)} (${markdownText(checkpoint.format)})`],
    ['SHA-256 of the checkpoint', `\`${result.checkpointDigest}\``],
    ['Dataset', `${markdownText(dataset.name)}, split ${markdownText(result.split)}`],
    ['SHA-256 of the split', `\`${result.dataDigest}\``],
    ['Samples', result.sampleCount.toLocaleString('en')],
    ['Engine', markdownText(`${result.engine} (${result.backend} ${result.backendVersion})`)],
    ['Evaluated', result.createdAt.toISOString()],
    ['Result', `\`${result.runId}\``],
  ];
  return markdownTable([left(''), left('')], rows);
}

function scalars(result: EvaluationResult): string[] {
  const { intervals } = result;
  const rows = NAMED_METRICS.map(({ metric, label }) => {
    const bounds = boundsOf(intervals, metric);
    const interval = bounds ? `${figure(bounds[0])} – ${figure(bounds[1])}` : '';
    return [label, figure(result[metric]), interval];
  });
  const level = intervals ? `${Number((intervals.wilson.level * 100).toFixed(4))} % interval` : '';
  return markdownTable([left('Metric'), right('Value'), right(level)], rows);
}

function baselines(result: EvaluationResult): string[] {
  const guessed = dummyBaselines(rowSums(result.confusionMatrix));
  const row = (name: string, of: { accuracy: number; macroF1: number; loss: number | null }) => [
    name,
    figure(of.accuracy),
    figure(of.macroF1),
    figure(of.loss),
  ];
  return markdownTable(
    [left(''), right('Accuracy'), right(RESULT_METRIC_LABELS.macroF1), right('Loss')],
    [
      row('This checkpoint', result),
      ...guessed.map((guess) => row(`Guessing ${DUMMY_WORDS[guess.strategy]}`, guess)),
    ],
  );
}

function classes(result: EvaluationResult, names: readonly string[]): string[] {
  const { classRocAuc, classAveragePrecision } = result;
  const rows = report(result).perClass.map(({ label, precision, recall, f1, support }) => [
    names[label] ?? '',
    ...[precision, recall, f1].map(figure),
    figure(classRocAuc?.[label] ?? null),
    figure(classAveragePrecision?.[label] ?? null),
    String(support),
  ]);
  const titles = ['Precision', 'Recall', 'F1', 'ROC AUC', 'Average precision', 'Support'];
  return markdownTable([left('Class'), ...titles.map(right)], rows);
}

function matrix({ confusionMatrix }: EvaluationResult, names: readonly string[]): string[] {
  if (names.length > MAX_MATRIX_CLASSES) {
    return [`${names.length} classes are too many to show; the export as JSON has the counts.`];
  }
  return [
    'Rows are true, columns predicted.',
    '',
    ...markdownTable(
      [left('True \\ predicted'), ...names.map(right)],
      confusionMatrix.map((row, k) => [names[k] ?? '', ...row.map(String)]),
    ),
  ];
}

function figure(value: number | null): string {
  return value === null ? '—' : value.toFixed(4);
}
