/** The gate's report as Markdown, fit for the comment on a pull request. */
import { markdownText } from '../markdown/markdown-text';
import { DUMMY_WORDS } from '../metrics/dummy-baselines';
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

export function gateMarkdown(report: GateReport, titles: GateTitles): string {
  const { passed, checks, result, baseline, dummyBaselines } = report;
  const missed = checks.filter((check) => !check.passed).length;
  const verdict = passed ? 'passed' : `failed: ${missed} of ${checks.length} checks`;
  return [
    `## ${passed ? '✅' : '❌'} Gate ${verdict}`,
    '',
    `${markdownText(titles.checkpoint)} (\`${result.checkpointDigest.slice(0, 12)}\`) on ${markdownText(titles.dataset)}, ` +
      `split ${markdownText(result.split)}, ${result.sampleCount.toLocaleString('en')} samples.` +
      (baseline
        ? ` Baseline: ${markdownText(titles.baseline ?? '')} (\`${baseline.checkpointDigest.slice(0, 12)}\`).`
        : ''),
    '',
    '| | Check | Value | Threshold | Baseline |',
    '| --- | --- | ---: | ---: | ---: |',
    ...checks.map(row),
    '',
    ...checks.filter((check) => !check.passed).map(({ reason }) => `- ${markdownText(reason)}`),
    ...(missed > 0 ? [''] : []),
    '| For comparison | Accuracy | Macro-F1 | Loss |',
    '| --- | ---: | ---: | ---: |',
    figures(markdownText(titles.checkpoint), result.accuracy, result.macroF1, result.loss),
    ...dummyBaselines.map(({ strategy, accuracy, macroF1, loss }) =>
      figures(`Guessing ${DUMMY_WORDS[strategy]}`, accuracy, macroF1, loss),
    ),
    '',
  ].join('\n');
}

function row({ passed, name, kind, value, threshold, baselineValue }: GateCheck): string {
  const cells = [
    passed ? '✅' : '❌',
    markdownText(name),
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
