/** Who may change a shard: the attempt that has it, and only while it has it; the last one ends the run. */
import { Notifications, type Topic } from '../../../src/database/notifications';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun } from '../../../src/evaluations/evaluation-run.entity';
import type { NewRun } from '../../../src/evaluations/evaluation-run.repository';
import { EvaluationShard } from '../../../src/evaluations/evaluation-shard.entity';
import { type Claim, MAX_ATTEMPTS } from '../../../src/evaluations/evaluation-shard.repository';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import { eventually } from '../../support/eventually';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import {
  created,
  started,
  type StepWorker,
  stepWorker,
  succeed,
} from '../../support/shard-workers';
import { newRun } from '../../support/stored-rows';

const FAILURE = { code: 'LOGITS_NOT_FINITE', message: 'NaN' };

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
const shardsOf = (runId: string) =>
  database.dataSource.manager.find(EvaluationShard, { where: { runId }, order: { shard: 'ASC' } });
const stored = async (runId: string) => ({
  results: await database.dataSource.manager.countBy(EvaluationResult, { runId }),
  blocks: await database.dataSource.manager.countBy(PredictionBlock, { runId }),
});

/** What other processes hear of it. */
async function wordsOf(topic: Topic, work: () => Promise<void>): Promise<(string | undefined)[]> {
  const notifications = new Notifications(database.dataSource);
  await notifications.start();
  const heard: (string | undefined)[] = [];
  notifications.on(topic, (word) => heard.push(word));
  try {
    await work();
    await eventually('a word', () => heard.length > 0);
    return heard;
  } finally {
    await notifications.stop();
  }
}

/** As if its worker had not been heard of for long. */
async function silence({ job }: Claim): Promise<void> {
  await database.dataSource.query(
    `UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE id = $1`,
    [job.id],
  );
}

/** Retries wait for some seconds. */
const hurry = () =>
  database.dataSource.query(`UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'`);

describe('a run', () => {
  it('is stored with its shards and jobs, which are taken in their order, each by one worker', async () => {
    const run = await created(mine, request);
    expect(run).toMatchObject({ state: 'QUEUED', samplesTotal: 4, samplesDone: 0, attempt: 0 });
    expect(await shardsOf(run.id)).toMatchObject([
      { shard: 0, firstSample: 0, sampleCount: 2, state: 'QUEUED', attempt: 0 },
      { shard: 1, firstSample: 2, sampleCount: 2, state: 'QUEUED', attempt: 0 },
    ]);
    const claims = [await started(mine), await started(other)];
    expect(claims.map(({ shard }) => shard.shard)).toEqual([0, 1]);
    expect(claims[1]?.shard).toMatchObject({ workerId: other.shards.workerId, attempt: 1 });
    expect(await mine.start()).toBeUndefined();
    expect(await now(run.id)).toMatchObject({ state: 'RUNNING', attempt: 1 });
  });

  it('ends with its last shard, whichever that is, with the counts of all', async () => {
    const run = await created(mine, request);
    const [first, second] = [await started(mine), await started(other)];
    expect(await mine.shards.markProgress(first, 1)).toBe(true);
    expect(await succeed(other, second)).toBe(true);
    const between = await now(run.id);
    expect(between).toMatchObject({ state: 'RUNNING', samplesDone: 2, samplesUnderWay: 1 });
    expect(await stored(run.id)).toEqual({ results: 0, blocks: 1 });
    expect(await succeed(mine, first)).toBe(true);
    expect(await now(run.id)).toMatchObject({
      state: 'SUCCEEDED',
      samplesDone: 4,
      samplesUnderWay: 0,
    });
    const result = await database.dataSource.manager.findOneByOrFail(EvaluationResult, {
      runId: run.id,
    });
    expect(result).toMatchObject({ sampleCount: 4, lossSum: 2, accuracy: 0.75 });
    expect(result.confusionMatrix).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect(await stored(run.id)).toEqual({ results: 1, blocks: 2 });
  });

  it('ends once, where both shards end at the same moment', async () => {
    for (let i = 0; i < 10; i++) {
      const run = await created(mine, request);
      const [first, second] = [await started(mine), await started(other)];
      expect(await Promise.all([succeed(mine, first), succeed(other, second)])).toEqual([
        true,
        true,
      ]);
      expect(await now(run.id)).toMatchObject({ state: 'SUCCEEDED', samplesDone: 4 });
      expect(await stored(run.id)).toEqual({ results: 1, blocks: 2 });
    }
  });

  it('that has ended is changed by nothing', async () => {
    const ends: [string, (claim: Claim) => Promise<boolean>][] = [
      ['FAILED', (claim) => mine.shards.failRun(claim, FAILURE)],
      ['CANCELLED', (claim) => mine.runs.markCancelled(claim.run.id)],
    ];
    for (const [state, end] of ends) {
      const { id } = await created(mine, request);
      const claims = [await started(mine), await started(other)];
      const [first] = claims;
      if (first) expect(await end(first)).toBe(true);
      const before = [await now(id), await shardsOf(id)];
      expect(before[0]).toMatchObject({ state, finishedAt: expect.any(Date) as Date });
      for (const claim of claims) {
        expect(await other.shards.markProgress(claim, 1)).toBe(false);
        expect(await other.shards.failShard(claim, FAILURE)).toBe(false);
        expect(await other.shards.failRun(claim, FAILURE)).toBe(false);
        expect(await other.shards.handBack(claim)).toBe(false);
        expect(await succeed(other, claim)).toBe(false);
        expect(await other.shards.take(claim.job)).toBeUndefined();
      }
      expect([...(await mine.shards.stillMine(claims))]).toEqual([]);
      expect(await mine.runs.markCancelled(id)).toBe(false);
      expect([await now(id), await shardsOf(id)]).toEqual(before);
      expect(await stored(id)).toEqual({ results: 0, blocks: 0 });
    }
  });
});

describe('a worker that is not heard of any more', () => {
  it('loses its shard to the next one, and changes nothing when it comes late', async () => {
    const run = await created(mine, request);
    const late = await started(other);
    await silence(late);
    expect(await mine.sweep.sweep()).toBe(1);
    const again = await started(mine);
    // It has waited already: it goes before the other shard.
    expect(again.shard).toMatchObject({ shard: 0, attempt: 2 });

    expect([...(await other.shards.stillMine([late]))]).toEqual([]);
    expect(await other.shards.markProgress(late, 1)).toBe(false);
    expect(await other.shards.failRun(late, FAILURE)).toBe(false);
    expect(await other.shards.handBack(late)).toBe(false);
    expect(await succeed(other, late)).toBe(false);
    expect(await other.shards.take(late.job)).toBeUndefined();
    expect(await stored(run.id)).toEqual({ results: 0, blocks: 0 });

    expect(await succeed(mine, again)).toBe(true);
    expect(await succeed(other, late)).toBe(false);
    expect(await succeed(mine, await started(mine))).toBe(true);
    expect(await now(run.id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2, samplesDone: 4 });
    expect(await stored(run.id)).toEqual({ results: 1, blocks: 2 });
  });

  it(`${MAX_ATTEMPTS} times over a shard has FAILED: it may be what kills them`, async () => {
    const { id } = await created(mine, request);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const claim = await started(other);
      expect(claim.shard).toMatchObject({ shard: 0, attempt });
      await silence(claim);
      expect(await mine.sweep.sweep()).toBe(1);
    }
    // The other shard goes on, and then the run tells of the one that failed.
    expect((await now(id)).state).toBe('RUNNING');
    expect(await succeed(mine, await started(mine))).toBe(true);
    const run = await now(id);
    expect(run).toMatchObject({ state: 'FAILED', failureCode: 'RUN_INTERRUPTED' });
    expect(run.failureMessage).toContain(`${MAX_ATTEMPTS} times`);
  });

  it('keeps its shard as long as it says that it lives', async () => {
    await created(mine, request);
    const claim = await started(other);
    await silence(claim);
    await other.queue.touch([claim.job]);
    expect(await mine.sweep.sweep()).toBe(0);
    expect([...(await other.shards.stillMine([claim]))]).toEqual([claim.job.id]);
  });
});

describe('the sweep', () => {
  it('tells the other processes that it was done', async () => {
    const heard = await wordsOf('swept', async () => {
      await mine.sweep.sweep();
    });
    expect(heard).toEqual(['']);
  });

  it('gives shards jobs whose jobs are gone, and leaves all else alone', async () => {
    const run = await created(mine, request);
    expect(await mine.sweep.sweep()).toBe(0);
    await database.dataSource.query('DELETE FROM pgboss.job');
    expect(await mine.start()).toBeUndefined();
    const swept = await Promise.all([mine.sweep.sweep(), other.sweep.sweep()]);
    expect(swept[0] + swept[1]).toBe(2);
    for (let i = 0; i < 2; i++) expect(await succeed(mine, await started(mine))).toBe(true);
    expect((await now(run.id)).state).toBe('SUCCEEDED');
    expect(await mine.sweep.sweep()).toBe(0);
  });

  it('finds the shard of a worker whose start was never answered', async () => {
    await created(mine, request);
    // The job was handed out, and the connection broke before anybody knew.
    const job = await mine.queue.fetch('evaluate-onnx');
    await database.dataSource.query(
      `UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE id = $1`,
      [job?.id],
    );
    expect(await other.sweep.sweep()).toBe(1);
    expect((await started(other)).shard).toMatchObject({ shard: 0, attempt: 1 });
  });
});

describe('a shard that fails', () => {
  it('by what may pass is tried again later, then is FAILED while the others go on', async () => {
    const { id } = await created(mine, request);
    const away = { code: 'DATASET_UNAVAILABLE', message: 'the mirror is away' };
    expect(await mine.shards.failShard(await started(mine), away)).toBe(true);
    expect(await succeed(mine, await started(mine))).toBe(true);
    for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) {
      expect(await mine.start()).toBeUndefined();
      await hurry();
      const claim = await started(mine);
      expect(claim.shard).toMatchObject({ shard: 0, attempt, failureCode: away.code });
      expect(await mine.shards.failShard(claim, away)).toBe(true);
    }
    expect(await now(id)).toMatchObject({
      state: 'FAILED',
      failureCode: away.code,
      failureMessage: away.message,
    });
    expect(await stored(id)).toEqual({ results: 0, blocks: 1 });
  });

  it('by what can not pass tells the other workers of the run, and of its progress does not', async () => {
    const { id } = await created(mine, request);
    const claim = await started(mine);
    const heard = await wordsOf('closed', async () => {
      expect(await mine.shards.markProgress(claim, 1)).toBe(true);
      await mine.shards.failRun(claim, FAILURE);
    });
    expect(heard).toEqual([id]);
  });

  it('by what can not pass ends the run at once and frees the other workers', async () => {
    const { id } = await created(mine, request);
    const [first, second] = [await started(mine), await started(other)];
    expect(await other.shards.failRun(second, FAILURE)).toBe(true);
    expect(await now(id)).toMatchObject({ state: 'FAILED', failureCode: FAILURE.code });
    expect([...(await mine.shards.stillMine([first]))]).toEqual([]);
    expect((await shardsOf(id)).map(({ failureCode }) => failureCode)).toEqual([
      'RUN_FAILED',
      FAILURE.code,
    ]);
  });
});

describe('a failed run that is retried', () => {
  it('does only what is missing', async () => {
    const { id } = await created(mine, request);
    expect(await succeed(mine, await started(mine))).toBe(true);
    expect(await mine.shards.failRun(await started(mine), FAILURE)).toBe(true);
    expect(await mine.runs.markRetried(id)).toBe(true);
    expect(await mine.runs.markRetried(id)).toBe(false);
    expect(await now(id)).toMatchObject({ state: 'QUEUED', failureCode: null, samplesDone: 2 });
    const missing = await started(other);
    expect(missing.shard).toMatchObject({ shard: 1, attempt: 1 });
    expect(await other.start()).toBeUndefined();
    expect(await succeed(other, missing)).toBe(true);
    expect(await now(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2, samplesDone: 4 });
    expect(await stored(id)).toEqual({ results: 1, blocks: 2 });
  });
});

describe('handing back', () => {
  it('queues the shard for the next worker and does not count the stop against it', async () => {
    const run = await created(mine, request);
    const claim = await started(other);
    await other.shards.markProgress(claim, 1);
    expect(await other.shards.handBack(claim)).toBe(true);
    expect(await now(run.id)).toMatchObject({
      state: 'QUEUED',
      attempt: 0,
      samplesUnderWay: 0,
      startedAt: null,
    });
    expect(await succeed(other, claim)).toBe(false);
    expect((await started(mine)).shard).toMatchObject({ shard: 0, attempt: 1 });
  });

  it('leaves a run RUNNING of which others have a part', async () => {
    const run = await created(mine, request);
    const [first, second] = [await started(mine), await started(other)];
    expect(await succeed(mine, first)).toBe(true);
    expect(await other.shards.handBack(second)).toBe(true);
    expect(await now(run.id)).toMatchObject({ state: 'RUNNING', attempt: 1, samplesDone: 2 });
  });
});
