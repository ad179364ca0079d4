/** A result whose data or predictions are not at hand says so, by a code and with what to do. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'typeorm';
import { Dataset } from '../../../src/datasets/dataset.entity';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun, RunState } from '../../../src/evaluations/evaluation-run.entity';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import { blockOf, newRun, resultOf, storeDataset } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';

const SAMPLES = `query ($id: ID!) { evaluationResult(id: $id) { samples(first: 1) { totalCount } } }`;

let service: TestService;
let shapes: Dataset;

beforeAll(async () => {
  service = await startTestService();
  shapes = await service.app.services.datasets.register('sample-shapes');
});
afterAll(() => service.end());

const digestOf = (dataset: Dataset) => dataset.splits.find(({ name }) => name === 'test')?.digest;

/** Real labels and 2,000 samples of 10 equal logits, as far as `more` does not say otherwise. */
async function resultOn(dataset: Dataset, more: Partial<EvaluationResult> = {}): Promise<string> {
  const { dataSource } = service.app.services.database;
  const { manager } = dataSource;
  const row = { ...(await newRun(dataSource)), datasetId: dataset.id, id: randomUUID() };
  await manager.insert(EvaluationRun, { ...row, state: RunState.SUCCEEDED });
  const run = await manager.findOneByOrFail(EvaluationRun, { id: row.id });
  await manager.insert(EvaluationResult, {
    ...resultOf(run),
    dataDigest: digestOf(dataset) ?? '',
    sampleCount: 2_000,
    classCount: 10,
    ...more,
  });
  return run.id;
}

async function storeBlock(runId: string, samples: number, shard = 0): Promise<void> {
  const { manager } = service.app.services.database.dataSource;
  const run = await manager.findOneByOrFail(EvaluationRun, { id: runId });
  const logits = Buffer.alloc(samples * 10 * 4);
  await manager.insert(PredictionBlock, {
    ...blockOf(run, shard),
    sampleCount: samples,
    classCount: 10,
    logits,
  });
}

const ask = async (id: string) => (await service.client.send(SAMPLES, { id })).errors;

it('whole data and predictions answer', async () => {
  const id = await resultOn(shapes);
  await storeBlock(id, 1_500);
  await storeBlock(id, 500, 1);
  expect(await service.client.field('evaluationResult', SAMPLES, { id })).toEqual({
    samples: { totalCount: 2_000 },
  });
});

it('other data than the result was made on', async () => {
  const id = await resultOn(shapes, { dataDigest: 'ab'.repeat(32) });
  const [error] = await ask(id);
  expect(error?.extensions.code).toBe('RESULT_DATA_CHANGED');
  expect(error?.message).toContain('sample-shapes');
});

it('a split that the dataset does not have any more', async () => {
  const [error] = await ask(await resultOn(shapes, { split: 'holdout' }));
  expect(error?.extensions.code).toBe('RESULT_DATA_CHANGED');
});

it('a dataset that this installation does not have', async () => {
  const dataset = await storeDataset(service.app.services.database.dataSource);
  const [error] = await ask(await resultOn(dataset));
  expect(error?.extensions.code).toBe('RESULT_DATA_UNAVAILABLE');
});

it('predictions that are not there, or not all of them', async () => {
  const none = await resultOn(shapes);
  const some = await resultOn(shapes);
  await storeBlock(some, 1_999);
  for (const id of [none, some]) {
    expect((await ask(id))[0]?.extensions.code).toBe('RESULT_PREDICTIONS_MISSING');
  }
});

it('more predictions than are held in memory', async () => {
  const [error] = await ask(await resultOn(shapes, { sampleCount: 1_000_000, classCount: 1_000 }));
  expect(error?.extensions.code).toBe('RESULT_TOO_LARGE');
});

it('one result that fails takes no other with it', async () => {
  const good = await resultOn(shapes);
  await storeBlock(good, 2_000);
  const bad = await resultOn(shapes);
  const query = `query ($good: ID!, $bad: ID!) {
    good: evaluationResult(id: $good) { samples(first: 1) { totalCount } }
    bad: evaluationResult(id: $bad) { samples(first: 1) { totalCount } }
  }`;
  const { data, errors } = await service.client.send(query, { good, bad });
  expect(data).toEqual({ good: { samples: { totalCount: 2_000 } }, bad: null });
  expect(errors.map(({ path }) => path)).toEqual([['bad', 'samples']]);
});

/** Of the results' tables: the worker in this process asks others of its own. */
const TABLES = /evaluation_result|"dataset"|prediction_block/;

async function statementsOf(first: number, datasetId: string): Promise<string[]> {
  const { dataSource } = service.app.services.database;
  const { logger } = dataSource;
  const statements: string[] = [];
  const counting = Object.create(logger) as Logger;
  counting.logQuery = (query) => {
    if (TABLES.test(query)) statements.push(query);
  };
  dataSource.logger = counting;
  try {
    const query = `query ($first: Int!, $datasetId: ID!) {
      evaluationResults(first: $first, filter: { datasetId: $datasetId }) {
        nodes { samples(first: 2) { nodes { index topProbabilities(first: 1) { className } } } }
      }
    }`;
    const answer = await service.client.field('evaluationResults', query, { first, datasetId });
    expect((answer as { nodes: unknown[] }).nodes).toHaveLength(first);
  } finally {
    dataSource.logger = logger;
  }
  return statements;
}

it('a list of 40 results with their samples costs as many statements as one result', async () => {
  const { database, analysis } = service.app.services;
  // The same images under another row, so that the list holds these results only.
  const id = randomUUID();
  const other = new Dataset();
  Object.assign(other, shapes, { id, digest: 'cd'.repeat(32) });
  await database.dataSource.getRepository(Dataset).insert(other);
  for (let i = 0; i < 40; i++) await storeBlock(await resultOn(other), 2_000);
  for (const cold of [true, false]) {
    if (cold) analysis.forget();
    const one = await statementsOf(1, id);
    if (cold) analysis.forget();
    const forty = await statementsOf(40, id);
    expect(forty).toHaveLength(one.length);
    expect(forty.filter((statement) => statement.includes('prediction_block'))).toHaveLength(
      cold ? 1 : 0,
    );
  }
});
