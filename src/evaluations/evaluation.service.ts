/** Accepts runs, follows them and finds what they found. */
import type { DataSource, FindOptionsWhere, Repository } from 'typeorm';
import type { CheckpointService } from '../checkpoints/checkpoint.service';
import { type DatasetService, splitOf } from '../datasets/dataset.service';
import { UserError } from '../errors';
import type { EngineName } from '../inference/engine';
import type { RunQueue } from '../queue/run-queue';
import { closable } from './closable';
import { assertCompatible } from './compatibility';
import { EvaluationResult } from './evaluation-result.entity';
import { type EvaluationRun, RunState } from './evaluation-run.entity';
import type { EvaluationRunRepository } from './evaluation-run.repository';
import { CANCELLED } from './interruption';
import type { RunEvent, RunEvents } from './run-events';

export interface RunRequest {
  checkpointId: string;
  datasetId: string;
  split: string;
  engine: EngineName;
  batchSize: number;
}

/** Only what is given narrows the list. */
export interface ResultFilter {
  checkpointId?: string | undefined;
  datasetId?: string | undefined;
  split?: string | undefined;
}

/** Another process may change a run unheard: a watcher looks at the row at least this often. */
const WATCH_INTERVAL_MS = 500;

export class EvaluationService {
  private readonly results: Repository<EvaluationResult>;

  constructor(
    dataSource: DataSource,
    private readonly runs: EvaluationRunRepository,
    private readonly checkpoints: CheckpointService,
    private readonly datasets: DatasetService,
    private readonly queue: RunQueue,
    private readonly events: RunEvents,
  ) {
    this.results = dataSource.getRepository(EvaluationResult);
  }

  /**
   * Stores the run and queues it.
   *
   * @throws UserError CHECKPOINT_NOT_FOUND, DATASET_NOT_FOUND, DATASET_SPLIT_UNKNOWN,
   *   CHECKPOINT_DATASET_MISMATCH: what can be known at once is said at once
   */
  async request(request: RunRequest): Promise<EvaluationRun> {
    const checkpoint = await this.checkpoints.get(request.checkpointId);
    const dataset = await this.datasets.get(request.datasetId);
    const { sampleCount } = splitOf(dataset, request.split);
    assertCompatible(checkpoint, dataset);
    const run = await this.runs.create({ ...request, samplesTotal: sampleCount });
    this.queue.enqueue(run.id);
    return run;
  }

  /** Queues again what processes that are gone left open. */
  async resumeOrphans(): Promise<void> {
    for (const runId of await this.runs.adoptOrphans()) this.queue.enqueue(runId);
  }

  /** @returns the run, CANCELLED unless it had ended before */
  async cancel(runId: string): Promise<EvaluationRun> {
    if (await this.runs.markCancelled(runId)) {
      this.queue.abort(runId, CANCELLED);
      this.events.changed(runId);
    }
    return this.run(runId);
  }

  /** @throws UserError RUN_NOT_FOUND */
  async run(id: string): Promise<EvaluationRun> {
    const run = await this.runs.find(id);
    if (run) return run;
    throw new UserError(
      'RUN_NOT_FOUND',
      `there is no run ${id}; "runEvaluation" answers with the id of the run it started`,
    );
  }

  listRuns(first: number, offset: number): Promise<EvaluationRun[]> {
    return this.runs.list(first, offset);
  }

  /** @returns null where there is none (yet) */
  result(runId: string): Promise<EvaluationResult | null> {
    return this.results.findOneBy({ runId });
  }

  /** Newest first. */
  listResults(filter: ResultFilter, first: number, offset: number): Promise<EvaluationResult[]> {
    return this.results.find({
      where: given(filter),
      order: { createdAt: 'DESC', runId: 'DESC' },
      take: first,
      skip: offset,
    });
  }

  async hasResults(): Promise<boolean> {
    return this.results.exists();
  }

  /** The run as it is now, then at each change, until it has ended. */
  watch(id: string): AsyncIterableIterator<EvaluationRun, void, void> {
    return closable((left) => this.follow(id, left));
  }

  private async *follow(id: string, left: AbortSignal): AsyncGenerator<EvaluationRun, void, void> {
    let told = '';
    const latest: { event?: RunEvent; wake?: () => void } = {};
    const ignore = this.events.listen(id, (event) => {
      latest.event = event;
      latest.wake?.();
    });
    try {
      while (!left.aborted) {
        const run = withProgress(await this.run(id), latest.event);
        const state = `${run.state} ${run.attempt} ${run.samplesDone}`;
        if (state !== told) yield run;
        told = state;
        if (hasEnded(run)) return;
        await pause(latest, left);
      }
    } finally {
      ignore();
    }
  }
}

/** TypeORM refuses undefined in a condition, lest it match every row. */
function given({
  checkpointId,
  datasetId,
  split,
}: ResultFilter): FindOptionsWhere<EvaluationResult> {
  return {
    ...(checkpointId && { checkpointId }),
    ...(datasetId && { datasetId }),
    ...(split && { split }),
  };
}

export function hasEnded(run: EvaluationRun): boolean {
  return run.state !== RunState.QUEUED && run.state !== RunState.RUNNING;
}

/** The row hears of progress now and then; an event of this process may know more. */
function withProgress(run: EvaluationRun, event: RunEvent | undefined): EvaluationRun {
  if (run.state === RunState.RUNNING && event?.samplesDone !== undefined) {
    run.samplesDone = Math.max(run.samplesDone, event.samplesDone);
  }
  return run;
}

function pause(latest: { wake?: () => void }, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      left.removeEventListener('abort', done);
      delete latest.wake;
      resolve();
    };
    const timer = setTimeout(done, WATCH_INTERVAL_MS);
    latest.wake = done;
    left.addEventListener('abort', done);
    if (left.aborted) done();
  });
}
