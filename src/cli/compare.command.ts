/** `assay compare BASELINE CANDIDATE`: is the candidate better, by how much, and what does that rest on? */
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_SEED } from '../analysis/comparison/comparison-args';
import type { ComparisonOptions } from '../analysis/comparison/compare-predictions';
import { flipCounts, metricDeltas } from '../analysis/comparison/comparison-view';
import type { ResultPair } from '../analysis/comparison/comparison.service';
import { loadConfig } from '../config/load-config';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { resultNamed } from '../evaluations/named-result';
import { DEFAULT_RESAMPLES, MAX_RESAMPLES } from '../metrics/statistics/bootstrap-options';
import { DEFAULT_LEVEL } from '../metrics/statistics/interval';
import { type Services, startServices } from '../services';
import { DEFAULT_DATASET } from './default-job';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';
import { type ShownComparison, writeComparison } from './output/comparison-view';
import { wholeNumber } from './whole-number';

interface CompareFlags extends ComparisonOptions {
  dataset: string;
  split: string;
  json?: boolean;
}

export function compareCommand(io: CommandIo): Command {
  return new Command('compare')
    .description('hold one stored result against another on the same samples')
    .argument('<baseline>', "a result's id, or an alias: its checkpoint's newest result")
    .argument('<candidate>', 'the same, of what may be better')
    .option('--dataset <name>', 'of which aliases mean the result', DEFAULT_DATASET)
    .option('--split <name>', 'of which aliases mean the result', 'test')
    .option(
      '--level <share>',
      'of the intervals; the verdict is at 1 − level',
      level,
      DEFAULT_LEVEL,
    )
    .option(
      '--resamples <n>',
      'of the paired bootstrap',
      wholeNumber(100, MAX_RESAMPLES),
      DEFAULT_RESAMPLES,
    )
    .option('--seed <n>', 'of the paired bootstrap', wholeNumber(0, 2 ** 31 - 1), DEFAULT_SEED)
    .option('--json', 'print the comparison as one line of JSON')
    .action((baseline: string, candidate: string, flags: CompareFlags) =>
      run(io, baseline, candidate, flags),
    );
}

async function run(
  io: CommandIo,
  baseline: string,
  candidate: string,
  flags: CompareFlags,
): Promise<void> {
  const interruption = interruptible();
  try {
    const services = await startServices(loadConfig(), interruption.signal);
    try {
      const place = { datasetName: flags.dataset, split: flags.split };
      const pair = {
        baseline: await services.results.find(resultNamed(baseline), place),
        candidate: await services.results.find(resultNamed(candidate), place),
      };
      const shown = await compared(services, pair, flags);
      if (flags.json) io.stdout.write(`${JSON.stringify(shown)}\n`);
      else writeComparison(io.stdout, shown, { isTty: io.isTty });
    } finally {
      await services.stop(0);
    }
  } finally {
    interruption.end();
  }
}

async function compared(
  { analysis, checkpoints, datasets }: Services,
  pair: ResultPair,
  { level, resamples, seed }: CompareFlags,
): Promise<ShownComparison> {
  const options = { level, resamples, seed };
  const found = await analysis.comparisons.compare(pair, options);
  const dataset = await datasets.get(pair.baseline.datasetId);
  const side = async ({ runId, checkpointId, checkpointDigest }: EvaluationResult) => ({
    resultId: runId,
    checkpoint: (await checkpoints.get(checkpointId)).name,
    checkpointDigest,
  });
  const { onlyA, onlyB, pExact } = found.mcnemar;
  return {
    baseline: await side(pair.baseline),
    candidate: await side(pair.candidate),
    dataset: dataset.name,
    split: pair.baseline.split,
    dataDigest: pair.baseline.dataDigest,
    sampleCount: found.sampleCount,
    deltas: metricDeltas(pair, found),
    mcnemar: { onlyBaselineCorrect: onlyA, onlyCandidateCorrect: onlyB, pValue: pExact },
    flips: flipCounts(found),
    classFlips: found.flips.perClass.map(({ rightToWrong, wrongToRight, sampleCount }, k) => ({
      className: dataset.classNames[k] ?? String(k),
      rightToWrong,
      wrongToRight,
      support: sampleCount,
    })),
    verdict: found.verdict.outcome,
    verdictText: found.verdict.text,
    ...options,
  };
}

function level(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.5 && value <= 0.9999) return value;
  throw new InvalidArgumentError('a share of 0.5 to 0.9999 is needed, such as 0.95');
}
