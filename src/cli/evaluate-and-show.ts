/** Runs one evaluation in this process and shows it: the bar while it runs, then the result. */
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { type EvaluationRun, RunState } from '../evaluations/evaluation-run.entity';
import { storedReport } from '../evaluations/scores/stored-report';
import { samplesSeen } from '../evaluations/run-progress';
import { UserError } from '../errors';
import type { EngineName } from '../inference/engine';
import type { Services } from '../services';
import type { Job } from './default-job';
import type { CommandIo } from './output/command-io';
import { preprocessingWords } from './output/preprocessing-view';
import { ProgressBar } from './output/progress-bar';
import { writeReport } from './output/report-view';

export interface EvaluationOptions {
  split: string;
  engine: EngineName;
  batchSize: number;
  /** Evaluates anew what has an equal result already. */
  force?: boolean;
}

/**
 * @param signal cancels the run
 * @throws UserError with the run's own code where it failed; RUN_CANCELLED
 */
export async function evaluate(
  { evaluations }: Services,
  job: Job,
  options: EvaluationOptions,
  io: CommandIo,
  signal?: AbortSignal,
): Promise<EvaluationResult> {
  const run = await evaluations.request({
    ...options,
    checkpointId: job.checkpoint.id,
    datasetId: job.dataset.id,
  });
  const cancel = () => {
    // A database that is away is met, and told of, by the watch below.
    evaluations.cancel(run.id).catch(() => undefined);
  };
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel);
  const bar = new ProgressBar({
    out: io.stderr,
    isTty: io.isTty,
    title: 'Evaluating',
    total: run.samplesTotal,
    unit: 'images',
    batchSize: options.batchSize,
  });
  let ended: EvaluationRun = run;
  try {
    for await (const state of evaluations.watch(run.id)) {
      bar.update(samplesSeen(state));
      ended = state;
    }
  } finally {
    bar.end();
    signal?.removeEventListener('abort', cancel);
  }
  const result = await evaluations.result(run.id);
  if (ended.state === RunState.SUCCEEDED && result) return result;
  throw new UserError(
    ended.failureCode ?? 'RUN_CANCELLED',
    ended.failureMessage ?? 'the run was cancelled',
    { details: { runId: run.id } },
  );
}

export function showResult({ checkpoint, dataset }: Job, result: EvaluationResult, io: CommandIo) {
  const seconds = (result.totalMs / 1000).toFixed(2);
  const rate = Math.round(result.sampleCount / (result.inferenceMs / 1000));
  writeReport(
    io.stdout,
    {
      ...storedReport(result),
      classNames: dataset.classNames,
      header: [
        ['Run', result.runId],
        ['Checkpoint', `${checkpoint.name} (${checkpoint.format}, ${checkpoint.architecture})`],
        ['Checkpoint digest', checkpoint.digest],
        ['Parameters', checkpoint.parameterCount.toLocaleString('en')],
        ['Preprocessing', preprocessingWords(result.preprocessing)],
        ['Dataset', `${dataset.name}, split ${result.split}`],
        ['Data digest', result.dataDigest],
        ['Engine', `${result.engine} (${result.backend} ${result.backendVersion})`],
        ['Time', `${seconds} s, ${rate.toLocaleString('en')} images/s`],
      ],
    },
    { isTty: io.isTty },
  );
}
