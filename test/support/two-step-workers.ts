/** Two workers without a process on a database of their own, for as long as the tests of a file take. */
import { EvaluationResult } from '../../src/evaluations/evaluation-result.entity';
import { EvaluationRun } from '../../src/evaluations/evaluation-run.entity';
import type { NewRun } from '../../src/evaluations/evaluation-run.repository';
import { PredictionBlock } from '../../src/evaluations/prediction-block.entity';
import { openTestDatabase, type OpenTestDatabase } from './open-test-database';
import { type StepWorker, stepWorker } from './shard-workers';
import { newRun } from './stored-rows';

export class TwoStepWorkers {
  database!: OpenTestDatabase;
  /** Of two shards. */
  request!: NewRun;
  mine!: StepWorker;
  other!: StepWorker;

  async start(): Promise<void> {
    this.database = await openTestDatabase();
    this.request = await newRun(this.database.dataSource);
    this.mine = await stepWorker(this.database.url);
    this.other = await stepWorker(this.database.url);
  }

  async end(): Promise<void> {
    await this.mine.end();
    await this.other.end();
    await this.database.end();
  }

  /** No run of one test is left to the next. */
  async cancelAll(): Promise<void> {
    const runs = await this.database.dataSource.manager.find(EvaluationRun);
    for (const { id } of runs) await this.mine.runs.markCancelled(id);
  }

  /** The run as it is stored now. */
  now(id: string): Promise<EvaluationRun> {
    return this.database.dataSource.manager.findOneByOrFail(EvaluationRun, { id });
  }

  /** How many results and blocks there are of a run. */
  async stored(runId: string): Promise<{ results: number; blocks: number }> {
    const { manager } = this.database.dataSource;
    return {
      results: await manager.countBy(EvaluationResult, { runId }),
      blocks: await manager.countBy(PredictionBlock, { runId }),
    };
  }
}

/** To be called once at the head of a test's file. */
export function twoStepWorkers(): TwoStepWorkers {
  const workers = new TwoStepWorkers();
  beforeAll(() => workers.start());
  afterEach(() => workers.cancelAll());
  afterAll(() => workers.end());
  return workers;
}
