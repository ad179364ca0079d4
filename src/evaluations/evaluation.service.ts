/** Accepts runs, follows them and finds what they found. */
import type { DataSource, Repository } from 'typeorm';
import { isDatabaseAway } from '../database/database-away';
import { UserError } from '../errors';
import { operationLog, type OperationLog } from '../telemetry/operation-log';
import { closable } from './closable';
import { EvaluationResult } from './evaluation-result.entity';
import { type EvaluationRun, RunState } from './evaluation-run.entity';
import type { EvaluationRunRepository } from './evaluation-run.repository';
import type { RunEvents } from './run-events';
import { samplesSeen } from './run-progress';
import type { RunRequest, RunRequests } from './run-requests';
import { WakeUp } from './wake-up';

/** Progress is not told, and other changes may be missed: a watcher looks at the row at least this often. */
const WATCH_INTERVAL_MS = 500;
/** A database that is away for so long is told to watchers; a restart is not. */
const WATCH_PATIENCE_MS = 60_000;

export interface EvaluationServiceOptions {
  dataSource: DataSource;
  runs: EvaluationRunRepository;
  requests: RunRequests;
  events: RunEvents;
  log: OperationLog;
}

export class EvaluationService {
  private readonly results: Repository<EvaluationResult>;
  private readonly runs: EvaluationRunRepository;
  private readonly requests: RunRequests;
  private readonly events: RunEvents;
  private readonly log: OperationLog;

  constructor(options: EvaluationServiceOptions) {
    this.results = options.dataSource.getRepository(EvaluationResult);
    this.runs = options.runs;
    this.requests = options.requests;
    this.events = options.events;
    this.log = options.log;
  }

  /** As `RunRequests.answer` says. */
  request(request: RunRequest): Promise<EvaluationRun> {
    return this.requests.answer(request);
  }

  /**
   * @returns the run, CANCELLED unless it had ended before
   * @throws UserError RUN_NOT_FOUND
   */
  async cancel(runId: string): Promise<EvaluationRun> {
    if (await this.runs.markCancelled(runId)) {
      operationLog(this.log).info({ runId }, 'a run was cancelled');
      this.events.changed(runId);
    }
    return this.run(runId);
  }

  /**
   * Does what is missing of a FAILED run; shards that have succeeded stay as they are.
   *
   * @throws UserError RUN_NOT_FOUND, RUN_NOT_FAILED
   */
  async retry(runId: string): Promise<EvaluationRun> {
    const retried = await this.runs.markRetried(runId);
    const run = await this.run(runId);
    if (retried) {
      operationLog(this.log).info({ runId }, 'a run is done again');
      this.events.changed(runId);
      return run;
    }
    throw new UserError(
      'RUN_NOT_FAILED',
      `only a FAILED run that was cut into shards can be retried, and this one is ${run.state}; start a new one with "runEvaluation"`,
    );
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

  /** @returns null where there is none (yet) */
  result(runId: string): Promise<EvaluationResult | null> {
    return this.results.findOneBy({ runId });
  }

  async hasResults(): Promise<boolean> {
    return this.results.exists();
  }

  /** The run as it is now, then at each change, until it has ended; a database that restarts is waited for. */
  watch(id: string): AsyncIterableIterator<EvaluationRun, void, void> {
    return closable((left) => this.follow(id, left));
  }

  private async *follow(id: string, left: AbortSignal): AsyncGenerator<EvaluationRun, void, void> {
    let told = '';
    let seenAt = performance.now();
    const bell = new WakeUp();
    const ignore = this.events.listen(id, () => {
      bell.ring();
    });
    const leave = () => {
      bell.ring();
    };
    left.addEventListener('abort', leave);
    try {
      while (!left.aborted) {
        const seen = bell.count;
        const run = await this.run(id).catch((error: unknown) => {
          const isPatient = performance.now() - seenAt < WATCH_PATIENCE_MS;
          if (!isDatabaseAway(error) || !isPatient) throw error;
        });
        if (run === undefined) {
          await bell.wait(seen, WATCH_INTERVAL_MS);
          continue;
        }
        seenAt = performance.now();
        const state = `${run.state} ${run.attempt} ${samplesSeen(run)}`;
        if (state !== told) yield run;
        told = state;
        if (hasEnded(run)) return;
        // Leaving rings too.
        await bell.wait(seen, WATCH_INTERVAL_MS);
      }
    } finally {
      left.removeEventListener('abort', leave);
      ignore();
    }
  }
}

export function hasEnded(run: EvaluationRun): boolean {
  return run.state !== RunState.QUEUED && run.state !== RunState.RUNNING;
}
