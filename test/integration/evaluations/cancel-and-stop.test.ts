/** Runs that are cancelled or interrupted by the end of their process, and what becomes of them. */
import path from 'node:path';
import { startApp } from '../../../src/app';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun } from '../../../src/evaluations/evaluation-run.entity';
import { eventually } from '../../support/eventually';
import { GraphQLClient } from '../../support/graphql-client';
import { SLOW_FILTERS, writeLayersModel } from '../../support/layers-models';
import { connectTo } from '../../support/open-test-database';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;
let datasetId: string;
let quickId: string;
let slowId: string;

beforeEach(async () => {
  service = await startTestService({ configure: (config) => (config.worker.drainMs = 0) });
  const { client, root, app } = service;
  datasetId = (await app.services.datasets.register('sample-shapes')).id;
  quickId = await client.register(await writeLayersModel(path.join(root, 'quick')));
  const filters = SLOW_FILTERS;
  slowId = await client.register(await writeLayersModel(path.join(root, 'slow'), { filters }));
});

afterEach(() => service.end());

/** A run whose first batches are done. */
async function underWay(): Promise<string> {
  const { id } = await service.client.runEvaluation({ checkpointId: slowId, datasetId });
  await eventually('the first batches', async () => {
    const { state, progress } = await service.client.run(id);
    return state === 'RUNNING' && progress.samplesDone > 0;
  });
  return id;
}

describe('cancelling', () => {
  it('ends a waiting run before it starts, and leaves the others alone', async () => {
    const { client, app } = service;
    const running = await underWay();
    const waiting = await client.runEvaluation({ checkpointId: quickId, datasetId });
    const cancelled = await app.services.evaluations.cancel(waiting.id);
    expect(cancelled).toMatchObject({ state: 'CANCELLED', attempt: 0, startedAt: null });
    expect((await client.run(running)).state).toBe('RUNNING');
    await app.services.evaluations.cancel(running);
    const next = await client.runEvaluation({ checkpointId: quickId, datasetId });
    expect((await client.settled(next.id)).state).toBe('SUCCEEDED');
    expect(await client.run(waiting.id)).toMatchObject({ state: 'CANCELLED', attempt: 0 });
    expect((await client.results()).map(({ id }) => id)).toEqual([next.id]);
  });

  it('ends a run under way between two batches, without a result or a failure', async () => {
    const { client, app } = service;
    const id = await underWay();
    await app.services.evaluations.cancel(id);
    // The engine is free again long before the run would have ended by itself.
    const next = await client.runEvaluation({ checkpointId: quickId, datasetId });
    expect((await client.settled(next.id)).state).toBe('SUCCEEDED');
    const run = await client.run(id);
    expect(run).toMatchObject({ state: 'CANCELLED', attempt: 1, failure: null });
    expect(run.progress.samplesDone).toBeLessThan(2000);
    const query = 'query ($id: ID!) { evaluationResult(id: $id) { id } }';
    expect(await client.field('evaluationResult', query, { id })).toBeNull();
  });

  it('changes nothing about a run that has ended', async () => {
    const { client, app } = service;
    const { id } = await client.runEvaluation({ checkpointId: quickId, datasetId });
    await client.settled(id);
    expect((await app.services.evaluations.cancel(id)).state).toBe('SUCCEEDED');
  });
});

describe('stopping the service', () => {
  it('hands runs back, and the next process brings them to their end and keeps the results', async () => {
    const { client, app, loaded } = service;
    const earlier = await client.runEvaluation({ checkpointId: quickId, datasetId });
    await client.settled(earlier.id);
    const before = await client.results();
    const interrupted = await client.runEvaluation({
      checkpointId: await mediumId(),
      datasetId,
    });
    const waiting = await client.runEvaluation({ checkpointId: quickId, datasetId });
    await eventually('the run is under way', async () => {
      return (await client.run(interrupted.id)).state === 'RUNNING';
    });
    await app.stop();

    const after = await connectTo(service.database.url);
    const rows = await after.manager.find(EvaluationRun, { order: { createdAt: 'ASC' } });
    await after.destroy();
    expect(rows.map(({ id, state, attempt }) => ({ id, state, attempt }))).toEqual([
      { id: earlier.id, state: 'SUCCEEDED', attempt: 1 },
      { id: interrupted.id, state: 'QUEUED', attempt: 0 },
      { id: waiting.id, state: 'QUEUED', attempt: 0 },
    ]);

    const second = await startApp(loaded);
    try {
      const next = new GraphQLClient(second.url);
      for (const { id } of [interrupted, waiting]) {
        expect(await next.settled(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
      }
      expect((await next.results()).slice(2)).toEqual(before);
    } finally {
      await second.stop();
    }
  });

  it('is quick and clean where nothing runs, and may be asked for twice', async () => {
    await service.app.stop();
    await service.app.stop();
    await expect(fetch(`${service.app.url}/health/live`)).rejects.toThrow();
  });
});

describe('two services on one database', () => {
  it('follow one another’s runs and leave them alone', async () => {
    const id = await underWay();
    const second = await startApp(service.loaded);
    try {
      const other = new GraphQLClient(second.url);
      expect(await other.run(id)).toMatchObject({ state: 'RUNNING', attempt: 1 });
      const left = await secondsLeft(id);
      const cancelled = await second.services.evaluations.cancel(id);
      expect(cancelled).toMatchObject({ state: 'CANCELLED', attempt: 1 });
      // The process that runs it hears of it from the row, and its engine is soon free again.
      const { id: nextId } = await service.client.runEvaluation({
        checkpointId: quickId,
        datasetId,
      });
      expect((await service.client.settled(nextId)).state).toBe('SUCCEEDED');
      const next = await service.app.services.evaluations.run(nextId);
      const waited = Number(next.startedAt) - Number(cancelled.finishedAt);
      expect(waited).toBeLessThan((left * 1000) / 2);
    } finally {
      await second.stop();
    }
    await service.app.stop();
    const after = await connectTo(service.database.url);
    try {
      expect(await after.manager.countBy(EvaluationResult, { runId: id })).toBe(0);
      expect((await after.manager.findOneByOrFail(EvaluationRun, { id })).state).toBe('CANCELLED');
    } finally {
      await after.destroy();
    }
  });
});

/** What the run would still take. */
async function secondsLeft(id: string): Promise<number> {
  const query = 'query ($id: ID!) { evaluationRun(id: $id) { progress { secondsLeft } } }';
  const run = await service.client.field('evaluationRun', query, { id });
  return (run as { progress: { secondsLeft: number } }).progress.secondsLeft;
}

/** Some seconds of work: long enough to be stopped, short enough to be done again. */
async function mediumId(): Promise<string> {
  const filters = [96, 96];
  const folder = await writeLayersModel(path.join(service.root, 'medium'), { filters });
  return service.client.register(folder);
}
