/** Who may change a run: its process while that lives, another one afterwards, a late attempt never. */
import type { DataSource } from 'typeorm';
import { ProcessLease } from '../../../src/database/process-lease';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { type EvaluationRun, RunState } from '../../../src/evaluations/evaluation-run.entity';
import {
  EvaluationRunRepository,
  type NewRun,
} from '../../../src/evaluations/evaluation-run.repository';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import {
  connectTo,
  openTestDatabase,
  type OpenTestDatabase,
} from '../../support/open-test-database';
import { blockOf, newRun, resultOf } from '../../support/stored-rows';

const FAILURE = { code: 'LOGITS_NOT_FINITE', message: 'NaN' };

let database: OpenTestDatabase;
let request: NewRun;
/** The process that looks on, and one whose end a test decides. */
let mine: Worker;
let other: Worker;

interface Worker {
  dataSource: DataSource;
  lease: ProcessLease;
  runs: EvaluationRunRepository;
  die(): Promise<void>;
}

async function startWorker(): Promise<Worker> {
  const dataSource = await connectTo(database.url);
  const lease = new ProcessLease(dataSource);
  await lease.acquire();
  return {
    dataSource,
    lease,
    runs: new EvaluationRunRepository(dataSource, lease.workerId),
    die: async () => {
      await lease.release();
      if (dataSource.isInitialized) await dataSource.destroy();
    },
  };
}

beforeAll(async () => {
  database = await openTestDatabase();
  request = await newRun(database.dataSource);
});

afterAll(() => database.end());

beforeEach(async () => {
  mine = await startWorker();
  other = await startWorker();
});

afterEach(async () => {
  await mine.die();
  await other.die();
  await database.dataSource.query(
    `UPDATE evaluation_run SET state = 'CANCELLED' WHERE state IN ('QUEUED', 'RUNNING')`,
  );
});

async function running(worker: Worker): Promise<EvaluationRun> {
  const run = await worker.runs.create(request);
  const started = await worker.runs.markRunning(run.id);
  if (!started) throw new Error('a fresh run can be started');
  return started;
}

async function now(id: string): Promise<EvaluationRun> {
  const run = await mine.runs.find(id);
  if (!run) throw new Error('runs are never removed');
  return run;
}

const succeed = (worker: Worker, run: EvaluationRun) =>
  worker.runs.markSucceeded(run, [blockOf(run)], resultOf(run));

const stored = async ({ id }: EvaluationRun) => ({
  results: await database.dataSource.manager.countBy(EvaluationResult, { runId: id }),
  blocks: await database.dataSource.manager.countBy(PredictionBlock, { runId: id }),
});

describe('a state', () => {
  it('goes from QUEUED to RUNNING once, and only for the process that holds the run', async () => {
    const run = await mine.runs.create(request);
    expect(await other.runs.markRunning(run.id)).toBeNull();
    const started = await mine.runs.markRunning(run.id);
    expect(started).toMatchObject({ state: RunState.RUNNING, attempt: 1, samplesDone: 0 });
    expect(started?.startedAt).toBeInstanceOf(Date);
    expect(await mine.runs.markRunning(run.id)).toBeNull();
  });

  it('goes from RUNNING to SUCCEEDED with result and blocks, in one transaction', async () => {
    const run = await running(mine);
    expect(await succeed(mine, run)).toBe(true);
    expect(await now(run.id)).toMatchObject({ state: RunState.SUCCEEDED, samplesDone: 4 });
    expect(await stored(run)).toEqual({ results: 1, blocks: 1 });
  });

  it('stays RUNNING, without blocks, where the result could not be written', async () => {
    const run = await running(mine);
    const bad = { ...resultOf(run), checkpointId: crypto.randomUUID() };
    await expect(mine.runs.markSucceeded(run, [blockOf(run)], bad)).rejects.toThrow('foreign key');
    expect((await now(run.id)).state).toBe(RunState.RUNNING);
    expect(await stored(run)).toEqual({ results: 0, blocks: 0 });
  });

  it('once it is an end, is changed by nothing', async () => {
    const ends: [RunState, (run: EvaluationRun) => Promise<boolean>][] = [
      [RunState.SUCCEEDED, (run) => succeed(mine, run)],
      [RunState.FAILED, (run) => mine.runs.markFailed(run, FAILURE)],
      [RunState.CANCELLED, (run) => mine.runs.markCancelled(run.id)],
    ];
    for (const [state, end] of ends) {
      const run = await running(mine);
      expect(await end(run)).toBe(true);
      const before = await now(run.id);
      expect(before.state).toBe(state);
      expect(before.finishedAt).toBeInstanceOf(Date);
      expect(await mine.runs.markRunning(run.id)).toBeNull();
      expect(await mine.runs.markProgress(run, 2)).toBe(false);
      expect(await mine.runs.markFailed(run, FAILURE)).toBe(false);
      expect(await mine.runs.markCancelled(run.id)).toBe(false);
      expect(await mine.runs.handBack(run)).toBe(false);
      expect(await succeed(mine, run)).toBe(false);
      expect(await now(run.id)).toEqual(before);
    }
  });

  it('can be CANCELLED from QUEUED, after which the run can not be started', async () => {
    const run = await mine.runs.create(request);
    expect(await other.runs.markCancelled(run.id)).toBe(true);
    expect(await mine.runs.markRunning(run.id)).toBeNull();
    expect((await now(run.id)).state).toBe(RunState.CANCELLED);
  });
});

describe('a run of a process that is gone', () => {
  it('is taken over, started again, and its late attempt changes nothing', async () => {
    const late = await running(other);
    await other.die();
    expect(await mine.runs.adoptOrphans()).toEqual([late.id]);
    expect(await now(late.id)).toMatchObject({ state: RunState.QUEUED, attempt: 1 });

    const again = await mine.runs.markRunning(late.id);
    expect(again?.attempt).toBe(2);
    const survivor = await startWorker();
    try {
      expect(await survivor.runs.markProgress(late, 3)).toBe(false);
      expect(await survivor.runs.markFailed(late, FAILURE)).toBe(false);
      expect(await survivor.runs.handBack(late)).toBe(false);
      expect(await succeed(survivor, late)).toBe(false);
    } finally {
      await survivor.die();
    }
    expect(await now(late.id)).toMatchObject({
      state: RunState.RUNNING,
      attempt: 2,
      samplesDone: 0,
    });
    if (again) expect(await succeed(mine, again)).toBe(true);
    expect(await stored(late)).toEqual({ results: 1, blocks: 1 });
  });

  it('is taken over in the order of the requests, waiting ones too, and by one process only', async () => {
    const first = await running(other);
    const waiting = [await other.runs.create(request), await other.runs.create(request)];
    const cancelled = await other.runs.create(request);
    await other.runs.markCancelled(cancelled.id);
    await other.die();
    const third = await startWorker();
    try {
      const taken = await Promise.all([mine.runs.adoptOrphans(), third.runs.adoptOrphans()]);
      const expected = [first.id, ...waiting.map(({ id }) => id)];
      expect(taken.filter((ids) => ids.length > 0)).toEqual([expected]);
      expect((await now(cancelled.id)).state).toBe(RunState.CANCELLED);
    } finally {
      await third.die();
    }
  });

  it('stands in line by its request, whichever of the dead processes took it', async () => {
    const third = await startWorker();
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) {
      ids.push((await (i % 2 === 0 ? other : third).runs.create(request)).id);
    }
    await other.die();
    await third.die();
    expect(await mine.runs.adoptOrphans()).toEqual(ids);
  });

  it('that was started three times FAILED: it may be what kills the process', async () => {
    let owner = other;
    const { id } = await owner.runs.create(request);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await owner.runs.markRunning(id))?.attempt).toBe(attempt);
      await owner.die();
      owner = await startWorker();
      expect(await owner.runs.adoptOrphans()).toEqual(attempt < 3 ? [id] : []);
    }
    await owner.die();
    const run = await now(id);
    expect(run).toMatchObject({ state: RunState.FAILED, failureCode: 'RUN_INTERRUPTED' });
    expect(run.failureMessage).toContain('3 times');
    expect(run.finishedAt).toBeInstanceOf(Date);
  });
});

describe('a run of a process that lives', () => {
  it('is left alone, running or waiting', async () => {
    const started = await running(other);
    const waiting = await other.runs.create(request);
    expect(await mine.runs.adoptOrphans()).toEqual([]);
    expect(await now(started.id)).toEqual(started);
    expect(await other.runs.markRunning(waiting.id)).not.toBeNull();
    expect(await succeed(other, started)).toBe(true);
  });
});

describe('handBack', () => {
  it('queues the run for the next process and does not count the stop against it', async () => {
    const run = await running(other);
    await other.runs.markProgress(run, 3);
    expect(await other.runs.handBack(run)).toBe(true);
    expect(await now(run.id)).toMatchObject({
      state: RunState.QUEUED,
      attempt: 0,
      samplesDone: 0,
      startedAt: null,
    });
    await other.die();
    expect(await mine.runs.adoptOrphans()).toEqual([run.id]);
    expect((await mine.runs.markRunning(run.id))?.attempt).toBe(1);
  });
});
