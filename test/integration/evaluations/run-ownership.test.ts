/** Who may change a shard: the attempt that has it, and only while it has it; the last one ends the run. */
import { Notifications, type Topic } from '../../../src/database/notifications';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationShard } from '../../../src/evaluations/evaluation-shard.entity';
import { type Claim, MAX_ATTEMPTS } from '../../../src/evaluations/evaluation-shard.repository';
import { eventually } from '../../support/eventually';
import { created, started, succeed } from '../../support/shard-workers';
import { twoStepWorkers } from '../../support/two-step-workers';

const FAILURE = { code: 'LOGITS_NOT_FINITE', message: 'NaN' };

const two = twoStepWorkers();
const shardsOf = (runId: string) =>
  two.database.dataSource.manager.find(EvaluationShard, {
    where: { runId },
    order: { shard: 'ASC' },
  });

/** What other processes hear of it. */
async function wordsOf(topic: Topic, work: () => Promise<void>): Promise<(string | undefined)[]> {
  const notifications = new Notifications(two.database.dataSource);
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
  await two.database.dataSource.query(
    `UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE id = $1`,
    [job.id],
  );
}

/** Retries wait for some seconds. */
const hurry = () =>
  two.database.dataSource.query(`UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'`);

describe('a run', () => {
  it('is stored with its shards and jobs, which are taken in their order, each by one worker', async () => {
    const run = await created(two.mine, two.request);
    expect(run).toMatchObject({ state: 'QUEUED', samplesTotal: 4, samplesDone: 0, attempt: 0 });
    expect(await shardsOf(run.id)).toMatchObject([
      { shard: 0, firstSample: 0, sampleCount: 2, state: 'QUEUED', attempt: 0 },
      { shard: 1, firstSample: 2, sampleCount: 2, state: 'QUEUED', attempt: 0 },
    ]);
    const claims = [await started(two.mine), await started(two.other)];
    expect(claims.map(({ shard }) => shard.shard)).toEqual([0, 1]);
    expect(claims[1]?.shard).toMatchObject({ workerId: two.other.shards.workerId, attempt: 1 });
    expect(await two.mine.start()).toBeUndefined();
    expect(await two.now(run.id)).toMatchObject({ state: 'RUNNING', attempt: 1 });
  });

  it('ends with its last shard, whichever that is, with the counts of all', async () => {
    const run = await created(two.mine, two.request);
    const [first, second] = [await started(two.mine), await started(two.other)];
    expect(await two.mine.shards.markProgress(first, 1)).toBe(true);
    expect(await succeed(two.other, second)).toBe(true);
    const between = await two.now(run.id);
    expect(between).toMatchObject({ state: 'RUNNING', samplesDone: 2, samplesUnderWay: 1 });
    expect(await two.stored(run.id)).toEqual({ results: 0, blocks: 1 });
    expect(await succeed(two.mine, first)).toBe(true);
    expect(await two.now(run.id)).toMatchObject({
      state: 'SUCCEEDED',
      samplesDone: 4,
      samplesUnderWay: 0,
    });
    const result = await two.database.dataSource.manager.findOneByOrFail(EvaluationResult, {
      runId: run.id,
    });
    expect(result).toMatchObject({ sampleCount: 4, lossSum: 2, accuracy: 0.75 });
    expect(result.confusionMatrix).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect(await two.stored(run.id)).toEqual({ results: 1, blocks: 2 });
  });

  it('ends once, where both shards end at the same moment', async () => {
    for (let i = 0; i < 10; i++) {
      const run = await created(two.mine, two.request);
      const [first, second] = [await started(two.mine), await started(two.other)];
      expect(await Promise.all([succeed(two.mine, first), succeed(two.other, second)])).toEqual([
        true,
        true,
      ]);
      expect(await two.now(run.id)).toMatchObject({ state: 'SUCCEEDED', samplesDone: 4 });
      expect(await two.stored(run.id)).toEqual({ results: 1, blocks: 2 });
    }
  });

  it('that has ended is changed by nothing', async () => {
    const ends: [string, (claim: Claim) => Promise<boolean>][] = [
      ['FAILED', (claim) => two.mine.shards.failRun(claim, FAILURE)],
      ['CANCELLED', (claim) => two.mine.runs.markCancelled(claim.run.id)],
    ];
    for (const [state, end] of ends) {
      const { id } = await created(two.mine, two.request);
      const claims = [await started(two.mine), await started(two.other)];
      const [first] = claims;
      if (first) expect(await end(first)).toBe(true);
      const before = [await two.now(id), await shardsOf(id)];
      expect(before[0]).toMatchObject({ state, finishedAt: expect.any(Date) as Date });
      for (const claim of claims) {
        expect(await two.other.shards.markProgress(claim, 1)).toBe(false);
        expect(await two.other.shards.failShard(claim, FAILURE)).toBe(false);
        expect(await two.other.shards.failRun(claim, FAILURE)).toBe(false);
        expect(await two.other.shards.handBack(claim)).toBe(false);
        expect(await succeed(two.other, claim)).toBe(false);
        expect(await two.other.shards.take(claim.job)).toBeUndefined();
      }
      expect([...(await two.mine.shards.stillMine(claims))]).toEqual([]);
      expect(await two.mine.runs.markCancelled(id)).toBe(false);
      expect([await two.now(id), await shardsOf(id)]).toEqual(before);
      expect(await two.stored(id)).toEqual({ results: 0, blocks: 0 });
    }
  });
});

describe('a worker that is not heard of any more', () => {
  it('loses its shard to the next one, and changes nothing when it comes late', async () => {
    const run = await created(two.mine, two.request);
    const late = await started(two.other);
    await silence(late);
    expect(await two.mine.sweep.sweep()).toBe(1);
    const again = await started(two.mine);
    // It has waited already: it goes before the other shard.
    expect(again.shard).toMatchObject({ shard: 0, attempt: 2 });

    expect([...(await two.other.shards.stillMine([late]))]).toEqual([]);
    expect(await two.other.shards.markProgress(late, 1)).toBe(false);
    expect(await two.other.shards.failRun(late, FAILURE)).toBe(false);
    expect(await two.other.shards.handBack(late)).toBe(false);
    expect(await succeed(two.other, late)).toBe(false);
    expect(await two.other.shards.take(late.job)).toBeUndefined();
    expect(await two.stored(run.id)).toEqual({ results: 0, blocks: 0 });

    expect(await succeed(two.mine, again)).toBe(true);
    expect(await succeed(two.other, late)).toBe(false);
    expect(await succeed(two.mine, await started(two.mine))).toBe(true);
    expect(await two.now(run.id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2, samplesDone: 4 });
    expect(await two.stored(run.id)).toEqual({ results: 1, blocks: 2 });
  });

  it(`${MAX_ATTEMPTS} times over a shard has FAILED: it may be what kills them`, async () => {
    const { id } = await created(two.mine, two.request);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const claim = await started(two.other);
      expect(claim.shard).toMatchObject({ shard: 0, attempt });
      await silence(claim);
      expect(await two.mine.sweep.sweep()).toBe(1);
    }
    // The other shard goes on, and then the run tells of the one that failed.
    expect((await two.now(id)).state).toBe('RUNNING');
    expect(await succeed(two.mine, await started(two.mine))).toBe(true);
    const run = await two.now(id);
    expect(run).toMatchObject({ state: 'FAILED', failureCode: 'RUN_INTERRUPTED' });
    expect(run.failureMessage).toContain(`${MAX_ATTEMPTS} times`);
  });

  it('keeps its shard as long as it says that it lives', async () => {
    await created(two.mine, two.request);
    const claim = await started(two.other);
    await silence(claim);
    await two.other.queue.touch([claim.job]);
    expect(await two.mine.sweep.sweep()).toBe(0);
    expect([...(await two.other.shards.stillMine([claim]))]).toEqual([claim.job.id]);
  });
});

describe('the sweep', () => {
  it('tells the other processes that it was done', async () => {
    const heard = await wordsOf('swept', async () => {
      await two.mine.sweep.sweep();
    });
    expect(heard).toEqual(['']);
  });

  it('gives shards jobs whose jobs are gone, and leaves all else alone', async () => {
    const run = await created(two.mine, two.request);
    expect(await two.mine.sweep.sweep()).toBe(0);
    await two.database.dataSource.query('DELETE FROM pgboss.job');
    expect(await two.mine.start()).toBeUndefined();
    const swept = await Promise.all([two.mine.sweep.sweep(), two.other.sweep.sweep()]);
    expect(swept[0] + swept[1]).toBe(2);
    for (let i = 0; i < 2; i++) expect(await succeed(two.mine, await started(two.mine))).toBe(true);
    expect((await two.now(run.id)).state).toBe('SUCCEEDED');
    expect(await two.mine.sweep.sweep()).toBe(0);
  });

  it('finds the shard of a worker whose start was never answered', async () => {
    await created(two.mine, two.request);
    // The job was handed out, and the connection broke before anybody knew.
    const job = await two.mine.queue.fetch('evaluate-onnx');
    await two.database.dataSource.query(
      `UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE id = $1`,
      [job?.id],
    );
    expect(await two.other.sweep.sweep()).toBe(1);
    expect((await started(two.other)).shard).toMatchObject({ shard: 0, attempt: 1 });
  });
});

describe('a shard that fails', () => {
  it('by what may pass is tried again later, then is FAILED while the others go on', async () => {
    const { id } = await created(two.mine, two.request);
    const away = { code: 'DATASET_UNAVAILABLE', message: 'the mirror is away' };
    expect(await two.mine.shards.failShard(await started(two.mine), away)).toBe(true);
    expect(await succeed(two.mine, await started(two.mine))).toBe(true);
    for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) {
      expect(await two.mine.start()).toBeUndefined();
      await hurry();
      const claim = await started(two.mine);
      expect(claim.shard).toMatchObject({ shard: 0, attempt, failureCode: away.code });
      expect(await two.mine.shards.failShard(claim, away)).toBe(true);
    }
    expect(await two.now(id)).toMatchObject({
      state: 'FAILED',
      failureCode: away.code,
      failureMessage: away.message,
    });
    expect(await two.stored(id)).toEqual({ results: 0, blocks: 1 });
  });

  it('by what can not pass tells the other workers of the run, and of its progress does not', async () => {
    const { id } = await created(two.mine, two.request);
    const claim = await started(two.mine);
    const heard = await wordsOf('closed', async () => {
      expect(await two.mine.shards.markProgress(claim, 1)).toBe(true);
      await two.mine.shards.failRun(claim, FAILURE);
    });
    expect(heard).toEqual([id]);
  });

  it('by what can not pass ends the run at once and frees the other workers', async () => {
    const { id } = await created(two.mine, two.request);
    const [first, second] = [await started(two.mine), await started(two.other)];
    expect(await two.other.shards.failRun(second, FAILURE)).toBe(true);
    expect(await two.now(id)).toMatchObject({ state: 'FAILED', failureCode: FAILURE.code });
    expect([...(await two.mine.shards.stillMine([first]))]).toEqual([]);
    expect((await shardsOf(id)).map(({ failureCode }) => failureCode)).toEqual([
      'RUN_FAILED',
      FAILURE.code,
    ]);
  });
});

describe('a failed run that is retried', () => {
  it('does only what is missing', async () => {
    const { id } = await created(two.mine, two.request);
    expect(await succeed(two.mine, await started(two.mine))).toBe(true);
    expect(await two.mine.shards.failRun(await started(two.mine), FAILURE)).toBe(true);
    expect(await two.mine.runs.markRetried(id)).toBe(true);
    expect(await two.mine.runs.markRetried(id)).toBe(false);
    expect(await two.now(id)).toMatchObject({ state: 'QUEUED', failureCode: null, samplesDone: 2 });
    const missing = await started(two.other);
    expect(missing.shard).toMatchObject({ shard: 1, attempt: 1 });
    expect(await two.other.start()).toBeUndefined();
    expect(await succeed(two.other, missing)).toBe(true);
    expect(await two.now(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2, samplesDone: 4 });
    expect(await two.stored(id)).toEqual({ results: 1, blocks: 2 });
  });
});

describe('handing back', () => {
  it('queues the shard for the next worker and does not count the stop against it', async () => {
    const run = await created(two.mine, two.request);
    const claim = await started(two.other);
    await two.other.shards.markProgress(claim, 1);
    expect(await two.other.shards.handBack(claim)).toBe(true);
    expect(await two.now(run.id)).toMatchObject({
      state: 'QUEUED',
      attempt: 0,
      samplesUnderWay: 0,
      startedAt: null,
    });
    expect(await succeed(two.other, claim)).toBe(false);
    expect((await started(two.mine)).shard).toMatchObject({ shard: 0, attempt: 1 });
  });

  it('leaves a run RUNNING of which others have a part', async () => {
    const run = await created(two.mine, two.request);
    const [first, second] = [await started(two.mine), await started(two.other)];
    expect(await succeed(two.mine, first)).toBe(true);
    expect(await two.other.shards.handBack(second)).toBe(true);
    expect(await two.now(run.id)).toMatchObject({ state: 'RUNNING', attempt: 1, samplesDone: 2 });
  });
});
