/** How a run ends whose shards have all succeeded: by whoever lives, once, and with a reason where it can't. */
import { randomUUID } from 'node:crypto';
import { OperationalError, UserError } from '../../../src/errors';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import type { EvaluationRun } from '../../../src/evaluations/evaluation-run.entity';
import { created, outcomeOf, started } from '../../support/shard-workers';
import { twoStepWorkers } from '../../support/two-step-workers';

const two = twoStepWorkers();

describe('the result of a run whose shards have all succeeded', () => {
  /** Both blocks are stored, and then nobody went on. */
  async function unsettled(): Promise<string> {
    const { id } = await created(two.mine, two.request);
    for (let i = 0; i < 2; i++) {
      const claim = await started(two.mine);
      expect(await two.mine.shards.markSucceeded(claim, outcomeOf(claim))).toBe(true);
    }
    expect(await two.now(id)).toMatchObject({ state: 'RUNNING', samplesDone: 4 });
    return id;
  }

  /** The other worker's sweep, and what it began. */
  async function sweptByOther(id: string): Promise<EvaluationRun> {
    expect(await two.other.sweep.sweep()).toBe(0);
    await two.other.settler.settle(id);
    return two.now(id);
  }

  const settledBy = (id: string, workerId: string, attempt: number) =>
    two.database.dataSource.query(
      'UPDATE evaluation_run SET settling_worker_id = $2, settling_attempt = $3 WHERE id = $1',
      [id, workerId, attempt],
    );
  const beat = (id: string, secondsAgo: number) =>
    two.database.dataSource.query(
      `INSERT INTO worker (id, host, pid, engines, concurrency, heartbeat_at)
       VALUES ($1, 'elsewhere', 1, '{onnx}', 1, now() - make_interval(secs => $2))`,
      [id, secondsAgo],
    );

  it('is computed by the next sweep where the worker died before it began', async () => {
    const id = await unsettled();
    expect(await sweptByOther(id)).toMatchObject({ state: 'SUCCEEDED', settlingAttempt: 1 });
    expect(await two.stored(id)).toEqual({ results: 1, blocks: 2 });
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
    expect(await two.stored(id)).toEqual({ results: 1, blocks: 2 });
  });

  it('is given up where it has killed four processes, and a retry computes it', async () => {
    const id = await unsettled();
    await settledBy(id, randomUUID(), 4);
    const failed = await sweptByOther(id);
    expect(failed).toMatchObject({ state: 'FAILED', failureCode: 'RUN_INTERRUPTED' });
    expect(failed.failureMessage).toContain('4 times');
    expect(await two.stored(id)).toEqual({ results: 0, blocks: 2 });
    expect(await two.mine.runs.markRetried(id)).toBe(true);
    expect(await two.mine.start()).toBeUndefined();
    expect(await sweptByOther(id)).toMatchObject({ state: 'SUCCEEDED', failureCode: null });
    expect(await two.stored(id)).toEqual({ results: 1, blocks: 2 });
  });

  it('is not stored once the run has been cancelled', async () => {
    const id = await unsettled();
    const settled = two.other.settler.settle(id);
    expect(await two.mine.runs.markCancelled(id)).toBe(true);
    await settled;
    expect((await two.now(id)).state).toBe('CANCELLED');
    expect((await two.stored(id)).results).toBe(0);
  });

  it('waits while the data are away, and fails with the reason where they have changed', async () => {
    const id = await unsettled();
    two.other.load = () =>
      Promise.reject(new OperationalError('DATASET_UNAVAILABLE', 'the mirror is away'));
    expect(await sweptByOther(id)).toMatchObject({ state: 'RUNNING', settlingWorkerId: null });
    // It rests before it tries again.
    expect(await sweptByOther(id)).toMatchObject({ state: 'RUNNING', settlingAttempt: 1 });
    two.mine.load = () => Promise.reject(new UserError('DATASET_CHANGED', 'other samples'));
    await two.mine.settler.settle(id);
    expect(await two.now(id)).toMatchObject({ state: 'FAILED', failureCode: 'DATASET_CHANGED' });
    expect(await two.stored(id)).toEqual({ results: 0, blocks: 2 });
    two.other.load = two.mine.load = undefined;
  });

  it('fails as a bug where outputs and labels are not those that were counted', async () => {
    const { id } = await created(two.mine, two.request);
    for (let i = 0; i < 2; i++) {
      const claim = await started(two.mine);
      const outcome = { ...outcomeOf(claim), logits: new Float32Array([0, 1, 1, 0]) };
      expect(await two.mine.shards.markSucceeded(claim, outcome)).toBe(true);
    }
    await two.mine.settler.settle(id);
    expect(await two.now(id)).toMatchObject({
      state: 'FAILED',
      failureCode: 'INTERNAL_SERVER_ERROR',
    });
  });

  it('of a run too large for memory keeps what its shards have counted', async () => {
    const { id } = await created(two.mine, two.request);
    const half = 1_500_000;
    for (let i = 0; i < 2; i++) {
      const claim = await started(two.mine);
      const totals = {
        classCount: 2,
        sampleCount: 2 * half,
        lossSum: 1,
        confusionMatrix: [
          [half, 0],
          [1, half - 1],
        ],
      };
      await two.mine.shards.markSucceeded(claim, { ...outcomeOf(claim), totals });
    }
    await two.database.dataSource.query(
      'UPDATE evaluation_shard SET sample_count = $2 WHERE run_id = $1',
      [id, 2 * half],
    );
    await two.mine.settler.settle(id);
    const result = await two.database.dataSource.manager.findOneByOrFail(EvaluationResult, {
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
