/** How a run ends whose shards have all succeeded: by whoever lives, once, and with a reason where it can't. */
import { randomUUID } from 'node:crypto';
import { OperationalError, UserError } from '../../../src/errors';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun } from '../../../src/evaluations/evaluation-run.entity';
import type { NewRun } from '../../../src/evaluations/evaluation-run.repository';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import {
  created,
  outcomeOf,
  started,
  type StepWorker,
  stepWorker,
} from '../../support/shard-workers';
import { newRun } from '../../support/stored-rows';

let database: OpenTestDatabase;
let request: NewRun;
let mine: StepWorker;
let other: StepWorker;

beforeAll(async () => {
  database = await openTestDatabase();
  request = await newRun(database.dataSource);
  mine = await stepWorker(database.url);
  other = await stepWorker(database.url);
});

afterAll(async () => {
  await mine.end();
  await other.end();
  await database.end();
});

afterEach(async () => {
  const runs = await database.dataSource.manager.find(EvaluationRun);
  for (const { id } of runs) await mine.runs.markCancelled(id);
});

const now = (id: string) => database.dataSource.manager.findOneByOrFail(EvaluationRun, { id });
const stored = async (runId: string) => ({
  results: await database.dataSource.manager.countBy(EvaluationResult, { runId }),
  blocks: await database.dataSource.manager.countBy(PredictionBlock, { runId }),
});

describe('the result of a run whose shards have all succeeded', () => {
  /** Both blocks are stored, and then nobody went on. */
  async function unsettled(): Promise<string> {
    const { id } = await created(mine, request);
    for (let i = 0; i < 2; i++) {
      const claim = await started(mine);
      expect(await mine.shards.markSucceeded(claim, outcomeOf(claim))).toBe(true);
    }
    expect(await now(id)).toMatchObject({ state: 'RUNNING', samplesDone: 4 });
    return id;
  }

  /** The other worker's sweep, and what it began. */
  async function sweptByOther(id: string): Promise<EvaluationRun> {
    expect(await other.sweep.sweep()).toBe(0);
    await other.settler.settle(id);
    return now(id);
  }

  const settledBy = (id: string, workerId: string, attempt: number) =>
    database.dataSource.query(
      'UPDATE evaluation_run SET settling_worker_id = $2, settling_attempt = $3 WHERE id = $1',
      [id, workerId, attempt],
    );
  const beat = (id: string, secondsAgo: number) =>
    database.dataSource.query(
      `INSERT INTO worker (id, host, pid, engines, concurrency, heartbeat_at)
       VALUES ($1, 'elsewhere', 1, '{onnx}', 1, now() - make_interval(secs => $2))`,
      [id, secondsAgo],
    );

  it('is computed by the next sweep where the worker died before it began', async () => {
    const id = await unsettled();
    expect(await sweptByOther(id)).toMatchObject({ state: 'SUCCEEDED', settlingAttempt: 1 });
    expect(await stored(id)).toEqual({ results: 1, blocks: 2 });
  });

  it('is left to a worker that lives, and taken over from one that died', async () => {
    const id = await unsettled();
    const [living, dead] = [randomUUID(), randomUUID()];
    await beat(living, 0);
    await beat(dead, 60);
    await settledBy(id, living, 1);
    expect(await sweptByOther(id)).toMatchObject({ state: 'RUNNING', settlingAttempt: 1 });
    await settledBy(id, dead, 1);
    expect(await sweptByOther(id)).toMatchObject({ state: 'SUCCEEDED', settlingAttempt: 2 });
    expect(await stored(id)).toEqual({ results: 1, blocks: 2 });
  });

  it('is given up where it has killed four processes, and a retry computes it', async () => {
    const id = await unsettled();
    await settledBy(id, randomUUID(), 4);
    const failed = await sweptByOther(id);
    expect(failed).toMatchObject({ state: 'FAILED', failureCode: 'RUN_INTERRUPTED' });
    expect(failed.failureMessage).toContain('4 times');
    expect(await stored(id)).toEqual({ results: 0, blocks: 2 });
    expect(await mine.runs.markRetried(id)).toBe(true);
    expect(await mine.start()).toBeUndefined();
    expect(await sweptByOther(id)).toMatchObject({ state: 'SUCCEEDED', failureCode: null });
    expect(await stored(id)).toEqual({ results: 1, blocks: 2 });
  });

  it('is not stored once the run has been cancelled', async () => {
    const id = await unsettled();
    const settled = other.settler.settle(id);
    expect(await mine.runs.markCancelled(id)).toBe(true);
    await settled;
    expect((await now(id)).state).toBe('CANCELLED');
    expect((await stored(id)).results).toBe(0);
  });

  it('waits while the data are away, and fails with the reason where they have changed', async () => {
    const id = await unsettled();
    other.load = () =>
      Promise.reject(new OperationalError('DATASET_UNAVAILABLE', 'the mirror is away'));
    expect(await sweptByOther(id)).toMatchObject({ state: 'RUNNING', settlingWorkerId: null });
    // It rests before it tries again.
    expect(await sweptByOther(id)).toMatchObject({ state: 'RUNNING', settlingAttempt: 1 });
    mine.load = () => Promise.reject(new UserError('DATASET_CHANGED', 'other samples'));
    await mine.settler.settle(id);
    expect(await now(id)).toMatchObject({ state: 'FAILED', failureCode: 'DATASET_CHANGED' });
    expect(await stored(id)).toEqual({ results: 0, blocks: 2 });
    other.load = mine.load = undefined;
  });

  it('fails as a bug where outputs and labels are not those that were counted', async () => {
    const { id } = await created(mine, request);
    for (let i = 0; i < 2; i++) {
      const claim = await started(mine);
      const outcome = { ...outcomeOf(claim), logits: new Float32Array([0, 1, 1, 0]) };
      expect(await mine.shards.markSucceeded(claim, outcome)).toBe(true);
    }
    await mine.settler.settle(id);
    expect(await now(id)).toMatchObject({
      state: 'FAILED',
      failureCode: 'INTERNAL_SERVER_ERROR',
    });
  });

  it('of a run too large for memory keeps what its shards have counted', async () => {
    const { id } = await created(mine, request);
    const half = 1_500_000;
    for (let i = 0; i < 2; i++) {
      const claim = await started(mine);
      const totals = {
        classCount: 2,
        sampleCount: 2 * half,
        lossSum: 1,
        confusionMatrix: [
          [half, 0],
          [1, half - 1],
        ],
      };
      await mine.shards.markSucceeded(claim, { ...outcomeOf(claim), totals });
    }
    await database.dataSource.query(
      'UPDATE evaluation_shard SET sample_count = $2 WHERE run_id = $1',
      [id, 2 * half],
    );
    await mine.settler.settle(id);
    const result = await database.dataSource.manager.findOneByOrFail(EvaluationResult, {
      runId: id,
    });
    expect(result).toMatchObject({
      sampleCount: 4 * half,
      rocAucMacro: null,
      brierScore: null,
      classRocAuc: null,
      reliability: null,
    });
    expect(result.cohenKappa).toBeCloseTo(1, 5);
    expect(result.intervals?.bootstrap).toBeNull();
    const [lower, upper] = result.intervals?.wilson.bounds.accuracy ?? [1, 0];
    expect(lower).toBeLessThan(result.accuracy);
    expect(upper).toBeGreaterThan(result.accuracy);
  });
});
