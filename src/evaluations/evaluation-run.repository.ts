/** The state machine of a run: each change is an UPDATE that checks the old state and the attempt. */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { isDead } from '../database/process-lease';
import type { EngineName } from '../inference/engine';
import { EvaluationResult } from './evaluation-result.entity';
import { EvaluationRun, RunState } from './evaluation-run.entity';
import { PredictionBlock } from './prediction-block.entity';

export interface NewRun {
  checkpointId: string;
  datasetId: string;
  split: string;
  engine: EngineName;
  batchSize: number;
  samplesTotal: number;
}

/** What of a run failed, for its reader. */
export interface Failure {
  code: string;
  message: string;
}

interface AdoptedRun {
  id: string;
  created_at: Date;
}

/** A run whose process died is tried again until it was started this often: then it is what kills it. */
const MAX_ATTEMPTS = 3;

export class EvaluationRunRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly workerId: string,
  ) {}

  async create(run: NewRun): Promise<EvaluationRun> {
    const id = randomUUID();
    await this.dataSource.manager.insert(EvaluationRun, {
      ...run,
      id,
      state: RunState.QUEUED,
      workerId: this.workerId,
    });
    return this.dataSource.manager.findOneByOrFail(EvaluationRun, { id });
  }

  find(id: string): Promise<EvaluationRun | null> {
    return this.dataSource.manager.findOneBy(EvaluationRun, { id });
  }

  list(first: number, offset: number): Promise<EvaluationRun[]> {
    return this.dataSource.manager.find(EvaluationRun, {
      order: { createdAt: 'DESC', id: 'DESC' },
      take: first,
      skip: offset,
    });
  }

  /** @returns the run as it is now, or null where it is not QUEUED for this process any more */
  async markRunning(id: string): Promise<EvaluationRun | null> {
    const changed = await this.update(
      this.dataSource.manager,
      { id, state: RunState.QUEUED, workerId: this.workerId },
      {
        state: RunState.RUNNING,
        attempt: () => 'attempt + 1',
        samplesDone: 0,
        startedAt: () => 'now()',
        finishedAt: null,
      },
    );
    return changed ? this.find(id) : null;
  }

  async markProgress(run: EvaluationRun, samplesDone: number): Promise<boolean> {
    return this.update(this.dataSource.manager, running(run), { samplesDone });
  }

  /** Writes blocks, result and state in one transaction, or nothing where the run is another's by now. */
  async markSucceeded(
    run: EvaluationRun,
    blocks: Omit<PredictionBlock, 'run'>[],
    result: Omit<EvaluationResult, 'run' | 'checkpoint' | 'dataset' | 'createdAt'>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const mine = await this.update(manager, running(run), {
        state: RunState.SUCCEEDED,
        samplesDone: run.samplesTotal,
        finishedAt: () => 'now()',
      });
      if (!mine) return false;
      await manager.insert(PredictionBlock, blocks);
      await manager.insert(EvaluationResult, result);
      return true;
    });
  }

  async markFailed(run: EvaluationRun, failure: Failure): Promise<boolean> {
    return this.update(this.dataSource.manager, running(run), {
      state: RunState.FAILED,
      failureCode: failure.code,
      failureMessage: failure.message,
      finishedAt: () => 'now()',
    });
  }

  /** QUEUED or RUNNING becomes CANCELLED. */
  async markCancelled(id: string): Promise<boolean> {
    const result = await this.dataSource.manager
      .createQueryBuilder()
      .update(EvaluationRun)
      .set({ state: RunState.CANCELLED, finishedAt: () => 'now()' })
      .where('id = :id AND state IN (:...open)', { id, open: [RunState.QUEUED, RunState.RUNNING] })
      .execute();
    return result.affected === 1;
  }

  /** Gives a started run back, so that the next process starts it again. */
  async handBack(run: EvaluationRun): Promise<boolean> {
    return this.update(this.dataSource.manager, running(run), {
      state: RunState.QUEUED,
      // Stopped by us, not by the run: it does not count against it.
      attempt: () => 'attempt - 1',
      samplesDone: 0,
      startedAt: null,
    });
  }

  /**
   * Takes over the open runs of processes that are gone; those that were started too often are FAILED.
   *
   * @returns the ids of the runs to start again, oldest first
   */
  async adoptOrphans(): Promise<string[]> {
    const owners = await this.dataSource.query<{ worker_id: string }[]>(
      `SELECT DISTINCT worker_id FROM evaluation_run WHERE state IN ('QUEUED', 'RUNNING')`,
    );
    const adopted: AdoptedRun[] = [];
    for (const { worker_id: workerId } of owners) {
      if (workerId === this.workerId) continue;
      adopted.push(...(await this.adoptFrom(workerId)));
    }
    return adopted
      .sort((a, b) => a.created_at.getTime() - b.created_at.getTime())
      .map((row) => row.id);
  }

  private adoptFrom(workerId: string): Promise<AdoptedRun[]> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await isDead(manager, workerId))) return [];
      await manager.query(
        `UPDATE evaluation_run
            SET state = 'FAILED', finished_at = now(), failure_code = 'RUN_INTERRUPTED',
                failure_message = 'the process ended while the run was under way, ' || attempt || ' times; look into its log and memory, then start a new run'
          WHERE worker_id = $1 AND state = 'RUNNING' AND attempt >= $2`,
        [workerId, MAX_ATTEMPTS],
      );
      const [rows] = await manager.query<[AdoptedRun[], number]>(
        `UPDATE evaluation_run SET state = 'QUEUED', worker_id = $2, samples_done = 0
          WHERE worker_id = $1 AND state IN ('QUEUED', 'RUNNING')
          RETURNING id, created_at`,
        [workerId, this.workerId],
      );
      return rows;
    });
  }

  private async update(
    manager: EntityManager,
    where: Partial<EvaluationRun>,
    set: Parameters<EntityManager['update']>[2],
  ): Promise<boolean> {
    const result = await manager.update(EvaluationRun, where, set);
    return result.affected === 1;
  }
}

/** This attempt of the run, still under way. */
function running(run: EvaluationRun) {
  return { id: run.id, state: RunState.RUNNING, attempt: run.attempt };
}
