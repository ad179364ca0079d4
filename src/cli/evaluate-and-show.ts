/** Runs one evaluation in this process and shows it: the bar while it runs, then the result. */
import { persistently } from '../database/persistently';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { type EvaluationRun, RunState } from '../evaluations/evaluation-run.entity';
import { type EvaluationService, hasEnded } from '../evaluations/evaluation.service';
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
  try {
    return await resultOf(evaluations, run, io);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/**
 * Follows a run, whoever computes it, to its end.
 *
 * @param signal leaves it, and the run goes on
 * @throws UserError RUN_NOT_FOUND, RUN_LEFT; as `evaluate` does where the run did not succeed
 */
export async function follow(
  { evaluations, checkpoints, datasets }: Services,
  runId: string,
  io: CommandIo,
  signal: AbortSignal,
): Promise<{ job: Job; result: EvaluationResult }> {
  const run = await evaluations.run(runId);
  const [checkpoint, dataset] = await Promise.all([
    checkpoints.get(run.checkpointId),
    datasets.get(run.datasetId),
  ]);
  return { job: { checkpoint, dataset }, result: await resultOf(evaluations, run, io, signal) };
}

async function resultOf(
  evaluations: EvaluationService,
  run: EvaluationRun,
  io: CommandIo,
  leaving?: AbortSignal,
): Promise<EvaluationResult> {
  const bar = new ProgressBar({
    out: io.stderr,
    isTty: io.isTty,
    title: 'Evaluating',
    total: run.samplesTotal,
    unit: 'images',
    batchSize: run.batchSize,
    ...(run.startedAt && { elapsedMs: Math.max(0, Date.now() - run.startedAt.getTime()) }),
  });
  let last = run;
  const states = evaluations.watch(run.id);
  const leave = () => void states.return?.();
  leaving?.addEventListener('abort', leave);
  if (leaving?.aborted) leave();
  try {
    for await (const state of states) {
      bar.update(samplesSeen(state));
      last = state;
    }
  } finally {
    bar.end();
    leaving?.removeEventListener('abort', leave);
  }
  if (!hasEnded(last)) {
    throw new UserError(
      'RUN_LEFT',
      `the run goes on; "assay evaluate --follow ${run.id}" takes it up again`,
      { details: { runId: run.id } },
    );
  }
  const result = await persistently(() => evaluations.result(run.id), leaving);
  if (last.state === RunState.SUCCEEDED && result) return result;
  throw new UserError(
    last.failureCode ?? 'RUN_CANCELLED',
    last.failureMessage ?? 'the run was cancelled',
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
        ['Time', `${seconds} s in all, the engine ${rate.toLocaleString('en')} images/s`],
      ],
    },
    { isTty: io.isTty },
  );
}
