/**
 * How long all metrics take, and how much memory: 10,000 samples of 10 classes with a bootstrap of 1,000
 * resamples, and 1,000,000 without; beside scikit-learn on the same arrays, where /usr/bin/python3 has it
 * (Debian's python3-sklearn).
 *
 *   node dist/bench/metrics.js [--rounds N]    N at least 2
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { tableLines } from '../src/cli/output/table';
import { messageOf } from '../src/errors';
import { fullReport } from '../src/metrics/full-report';
import { bootstrapIntervals } from '../src/metrics/statistics/bootstrap';
import { madePredictions } from './support/made-predictions';
import { hasScikit, type ScikitTimes, timeScikit } from './support/scikit-metrics';
import { quantile } from './support/spread-table';

interface Case {
  samples: number;
  classes: number;
  resamples: number;
  /** The goal in milliseconds, and in MB of peak memory. */
  goalMs?: number;
  goalMb?: number;
}

interface Measured {
  ms: number[];
  /** The largest resident memory of the process, arrays and Node itself included. */
  peakMb: number;
  figures: Record<string, number | null>;
}

const CASES: readonly Case[] = [
  { samples: 10_000, classes: 10, resamples: 0, goalMs: 250 },
  { samples: 10_000, classes: 10, resamples: 1_000, goalMs: 250 },
  { samples: 1_000_000, classes: 10, resamples: 0, goalMs: 1_500, goalMb: 500 },
  { samples: 1_000_000, classes: 10, resamples: 1_000 },
  { samples: 10_000, classes: 1_000, resamples: 0 },
];
const SEED = 7;
/** Figures of both must agree, or the times compare different things. */
const TOLERANCE = 1e-6;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: { rounds: { type: 'string', default: '15' }, case: { type: 'string' } },
  });
  const rounds = Math.max(2, Number(flags.rounds));
  if (flags.case !== undefined) {
    process.send?.(measure(CASES[Number(flags.case)] as Case, rounds));
    return;
  }
  const scikit = await hasScikit();
  const rows: string[][] = [];
  for (const [index, one] of CASES.entries()) {
    const ours = await measureApart(index, rounds);
    const theirs =
      scikit && one.resamples === 0
        ? await timeScikit(
            madePredictions(one.samples, one.classes, SEED),
            one.classes,
            Math.min(rounds, 3),
          )
        : undefined;
    if (theirs) checkAgreement(ours.figures, theirs.figures);
    rows.push(rowOf(one, ours, theirs));
  }
  const right = (title: string) => ({ title, align: 'right' as const });
  const lines = tableLines(
    [
      { title: 'samples × classes', align: 'left' },
      ...[
        'resamples',
        'first ms',
        'median',
        'least',
        'goal',
        'peak MB',
        'scikit median',
        'least',
        'ratio',
      ].map(right),
    ],
    rows,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!scikit) {
    process.stdout.write(
      'scikit-learn is not there to compare with: apt-get install python3-sklearn (it must be found by ' +
        '/usr/bin/python3).\n',
    );
  }
}

function measure({ samples, classes, resamples }: Case, rounds: number): Measured {
  const { logits, labels } = madePredictions(samples, classes, SEED);
  const predictions = { outputs: logits, labels, classCount: classes };
  const ms: number[] = [];
  let figures: Measured['figures'] = {};
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const { report, scores } = fullReport(predictions);
    if (resamples > 0) bootstrapIntervals(predictions, scores, { resamples, seed: round });
    ms.push(performance.now() - started);
    figures = {
      loss: report.loss,
      accuracy: report.accuracy,
      balancedAccuracy: report.balancedAccuracy,
      cohenKappa: report.cohenKappa,
      matthewsCorrcoef: report.matthewsCorrcoef,
      macroF1: report.macro.f1,
      brier: report.brier,
      rocAuc: report.rocAucOvr.macro,
      averagePrecision: report.averagePrecision.macro,
      calibrationError: report.calibration.expectedCalibrationError,
      top2: report.topK[2] ?? null,
      top3: report.topK[3] ?? null,
      top5: report.topK[5] ?? null,
    };
  }
  return { ms, peakMb: process.resourceUsage().maxRSS / 1024, figures };
}

/**
 * In a process of its own: peak memory is a process's, and one case's types would slow the next one's code.
 */
async function measureApart(index: number, rounds: number): Promise<Measured> {
  const child = fork(__filename, ['--case', String(index), '--rounds', String(rounds)]);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the measuring process ended with ${String(code)}`);
  });
  const [measured] = (await Promise.race([once(child, 'message'), failed])) as [Measured];
  failed.catch(() => undefined);
  return measured;
}

function rowOf(one: Case, ours: Measured, theirs: ScikitTimes | undefined): string[] {
  // The first round runs code that is not compiled yet: it has a column of its own.
  const warm = ours.ms.slice(1);
  return [
    `${one.samples.toLocaleString('en')} × ${one.classes}`,
    one.resamples.toLocaleString('en'),
    (ours.ms[0] ?? NaN).toFixed(0),
    quantile(warm, 0.5).toFixed(0),
    Math.min(...warm).toFixed(0),
    one.goalMs === undefined ? '' : `${one.goalMs}`,
    `${ours.peakMb.toFixed(0)}${one.goalMb === undefined ? '' : ` of ${one.goalMb}`}`,
    theirs ? quantile(theirs.ms, 0.5).toFixed(0) : '',
    theirs ? Math.min(...theirs.ms).toFixed(0) : '',
    // Of the least times: what else the machine does then falls out of both.
    theirs ? (Math.min(...theirs.ms) / Math.min(...warm)).toFixed(1) : '',
  ];
}

function checkAgreement(ours: Measured['figures'], theirs: Record<string, number>): void {
  for (const [name, figure] of Object.entries(theirs)) {
    if (Math.abs(figure - (ours[name] ?? NaN)) <= TOLERANCE) continue;
    throw new Error(`${name} is ${ours[name]} here and ${figure} in scikit-learn`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
