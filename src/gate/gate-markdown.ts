/** The gate's report as Markdown, fit for the comment on a pull request. */
import type { GateCheck } from '../metrics/gate/judge';
import { shown } from '../metrics/gate/judge';
import type { GateReport } from './gate.service';

export interface GateTitles {
  /** What people call the checkpoint. */
  checkpoint: string;
  dataset: string;
  /** The baseline's checkpoint. */
  baseline?: string;
}

const DUMMY_WORDS = {
  'majority-class': 'always the most frequent class',
  stratified: 'at random by frequency',
};

export function gateMarkdown(report: GateReport, titles: GateTitles): string {
  const { passed, checks, result, baseline, dummyBaselines } = report;
  const missed = checks.filter((check) => !check.passed).length;
  const verdict = passed ? 'passed' : `failed: ${missed} of ${checks.length} checks`;
  return [
    `## ${passed ? '✅' : '❌'} Gate ${verdict}`,
    '',
    `${text(titles.checkpoint)} (\`${result.checkpointDigest.slice(0, 12)}\`) on ${text(titles.dataset)}, ` +
      `split ${text(result.split)}, ${result.sampleCount.toLocaleString('en')} samples.` +
      (baseline
        ? ` Baseline: ${text(titles.baseline ?? '')} (\`${baseline.checkpointDigest.slice(0, 12)}\`).`
        : ''),
    '',
    '| | Check | Value | Threshold | Baseline |',
    '| --- | --- | ---: | ---: | ---: |',
    ...checks.map(row),
    '',
    ...checks.filter((check) => !check.passed).map(({ reason }) => `- ${text(reason)}`),
    ...(missed > 0 ? [''] : []),
    '| For comparison | Accuracy | Macro-F1 | Loss |',
    '| --- | ---: | ---: | ---: |',
    figures(text(titles.checkpoint), result.accuracy, result.macroF1, result.loss),
    ...dummyBaselines.map(({ strategy, accuracy, macroF1, loss }) =>
      figures(`Guessing ${DUMMY_WORDS[strategy]}`, accuracy, macroF1, loss),
    ),
    '',
  ].join('\n');
}

function row({ passed, name, kind, value, threshold, baselineValue }: GateCheck): string {
  const cells = [
    passed ? '✅' : '❌',
    text(name),
    value === null ? '—' : shown(value, threshold),
    `${boundSign(kind)} ${threshold}`,
    baselineValue === null ? '—' : baselineValue.toFixed(4),
  ];
  return `| ${cells.join(' | ')} |`;
}

export function boundSign(kind: GateCheck['kind']): string {
  if (kind === 'minimum') return '≥';
  return kind === 'no_worse_by_mcnemar' ? 'p ≥' : '≤';
}

function figures(name: string, ...values: (number | null)[]): string {
  const cells = values.map((value) => (value === null ? '—' : value.toFixed(4)));
  return `| ${[name, ...cells].join(' | ')} |`;
}

/** Names come from people: none may break out of its cell, or call in a person, a picture or an address. */
function text(name: string): string {
  return name
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()<>#+!|~&@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
