/** A README.md for a model's repository on the Hugging Face Hub, with the result in its metadata. */
import { stringify } from 'yaml';
import type { ResultMetric } from '../evaluations/result-metric';
import { markdownText } from '../markdown/markdown-text';
import type { ExportedResult } from './exported-result';
import { NAMED_METRICS } from './metric-names';
import { resultSections } from './result-markdown';

const TASK = 'image-classification';

/** The Hub's own ids of metrics (hf.co/metrics), where it has one; the arguments are those of the metric there. */
const HUB_METRICS: Partial<Record<ResultMetric, { type: string; args?: Record<string, string> }>> =
  {
    accuracy: { type: 'accuracy' },
    macroPrecision: { type: 'precision', args: { average: 'macro' } },
    macroRecall: { type: 'recall', args: { average: 'macro' } },
    macroF1: { type: 'f1', args: { average: 'macro' } },
    microF1: { type: 'f1', args: { average: 'micro' } },
    weightedPrecision: { type: 'precision', args: { average: 'weighted' } },
    weightedRecall: { type: 'recall', args: { average: 'weighted' } },
    weightedF1: { type: 'f1', args: { average: 'weighted' } },
    matthewsCorrcoef: { type: 'matthews_correlation' },
    rocAucMacro: { type: 'roc_auc', args: { average: 'macro', multi_class: 'ovr' } },
    rocAucWeighted: { type: 'roc_auc', args: { average: 'weighted', multi_class: 'ovr' } },
  };

/**
 * The metadata block with `model-index`, then the report as Markdown. What Assay does not know is left for its
 * author to add: the licence, and the dataset's id on the Hub, for which the dataset's name stands.
 * Source: github.com/huggingface/hub-docs/blob/main/modelcard.md.
 */
export function modelCard(exported: ExportedResult): string {
  const { checkpoint } = exported;
  // No folding: a line that looks like the block's end must not come from a name.
  const metadata = stringify(cardMetadata(exported), { lineWidth: 0 });
  return [
    `---\n${metadata}---`,
    '',
    `# ${markdownText(checkpoint.name)}`,
    '',
    ...resultSections(exported),
    '',
  ].join('\n');
}

/** Undefined metrics are left out: the Hub wants a value for each. */
export function cardMetadata({ result, checkpoint, dataset }: ExportedResult) {
  const metrics = NAMED_METRICS.flatMap(({ metric, key, label }) => {
    const value = result[metric];
    if (value === null) return [];
    const { type, args } = HUB_METRICS[metric] ?? { type: key };
    return [{ type, value, name: label, ...(args && { args }) }];
  });
  return {
    pipeline_tag: TASK,
    tags: [TASK],
    'model-index': [
      {
        name: oneLine(checkpoint.name),
        results: [
          {
            task: { type: TASK, name: 'Image Classification' },
            dataset: {
              type: oneLine(dataset.name),
              name: oneLine(dataset.name),
              split: oneLine(result.split),
            },
            metrics,
          },
        ],
      },
    ],
  };
}

function oneLine(name: string): string {
  return name.replace(/\s+/g, ' ').trim();
}
