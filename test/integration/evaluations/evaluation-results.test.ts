/** The list of results: newest first, narrowed, paged, and at a fixed number of SQL statements. */
import { randomUUID } from 'node:crypto';
import type { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { statementsOf as recordedStatements } from '../../support/statements-of';
import { newRun, storeResult } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';

const NESTED = `query ($first: Int!) {
  evaluationResults(first: $first) {
    nodes {
      id
      run { id state }
      checkpoint { id name }
      dataset { id name }
      classMetrics { className support }
      confusionMatrix { classNames counts normalized }
    }
  }
}`;

let service: TestService;
let stored: EvaluationResult[];

/** 100 results a minute apart, oldest first, the last two at one moment; each on its own checkpoint and dataset. */
beforeAll(async () => {
  service = await startTestService({
    // What 100 results cost is another test's matter.
    configure: (config) => (config.limits.queryCost = 1_000_000),
  });
  const { dataSource } = service.app.services.database;
  stored = [];
  for (let i = 0; i < 100; i++) {
    const createdAt = new Date(Date.UTC(2030, 0, 1, 0, Math.min(i, 98)));
    const run = { ...(await newRun(dataSource)), split: i % 3 === 0 ? 'train' : 'test' };
    stored.push(await storeResult(dataSource, run, { createdAt }));
  }
});

afterAll(() => service.end());

const ids = async (args = '') => (await service.client.results(args)).map(({ id }) => id);

function newestFirst(results: readonly EvaluationResult[]): string[] {
  return [...results]
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.runId < b.runId ? 1 : -1))
    .map(({ runId }) => runId);
}

/** The statements that one query of GraphQL costs. */
function statementsOf(first: number): Promise<string[]> {
  return recordedStatements(service.app.services.database.dataSource, async () => {
    const results = await service.client.nodes('evaluationResults', NESTED, { first });
    expect(results).toHaveLength(first);
  });
}

describe('evaluationResults', () => {
  it('gives the newest first, and those of one moment always in the same order', async () => {
    expect(await ids('(first: 100)')).toEqual(newestFirst(stored));
    expect(await ids('(first: 100)')).toEqual(newestFirst(stored));
  });

  it('gives 20 where nobody says how many', async () => {
    expect(await ids()).toEqual(newestFirst(stored).slice(0, 20));
  });

  it('is narrowed by checkpoint, dataset and split, alone and together', async () => {
    const one = stored[4];
    if (!one) throw new Error('100 results were stored');
    const { checkpointId, datasetId, runId } = one;
    expect(await ids(`(filter: { checkpointId: "${checkpointId}" })`)).toEqual([runId]);
    expect(await ids(`(filter: { datasetId: "${datasetId}" })`)).toEqual([runId]);
    expect(await ids(`(filter: { datasetId: "${datasetId}", split: "test" })`)).toEqual([runId]);
    expect(await ids(`(filter: { datasetId: "${datasetId}", split: "train" })`)).toEqual([]);
    expect(await ids(`(filter: { checkpointId: "${randomUUID()}" })`)).toEqual([]);
    const train = stored.filter(({ split }) => split === 'train');
    expect(await ids('(first: 100, filter: { split: "train" })')).toEqual(newestFirst(train));
  });

  it('takes null for a filter that is not given', async () => {
    expect(
      await ids(
        '(first: 100, orderBy: null, filter: { checkpointId: null, split: null, metrics: null, createdAfter: null })',
      ),
    ).toHaveLength(100);
  });

  it.each([
    ['(first: 0)', 'first'],
    ['(first: -1)', 'first'],
    ['(first: 101)', 'first'],
    ['(last: 0)', 'last'],
    ['(last: 101)', 'last'],
    ['(filter: { checkpointId: "7" })', 'checkpointId'],
    ['(filter: { checkpointDigest: "7" })', 'checkpointDigest'],
    ['(filter: { checkpointAlias: "Champion!" })', 'checkpointAlias'],
    ['(filter: { datasetId: "" })', 'datasetId'],
    ['(filter: { split: "te\\u0000st" })', 'split'],
  ])('refuses %s by the name of the argument', async (args, field) => {
    const { errors } = await service.client.send(`{ evaluationResults${args} { nodes { id } } }`);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(errors[0])).toContain(field);
  });

  it('costs the same SQL statements for 100 results as for 1', async () => {
    const one = await statementsOf(1);
    const all = await statementsOf(100);
    expect(all).toHaveLength(one.length);
    expect(one).toHaveLength(5);
  });

  it('derives from each row alone what is nested below it', async () => {
    const results = (await service.client.nodes('evaluationResults', NESTED, { first: 100 })) as {
      id: string;
      run: { id: string };
      checkpoint: { id: string };
      dataset: { id: string };
      classMetrics: { className: string; support: number }[];
    }[];
    const byId = new Map(stored.map((result) => [result.runId, result]));
    for (const result of results) {
      expect(result.run.id).toBe(result.id);
      expect(result.checkpoint.id).toBe(byId.get(result.id)?.checkpointId);
      expect(result.dataset.id).toBe(byId.get(result.id)?.datasetId);
      expect(result.classMetrics).toEqual([
        { className: 'cat', support: 2 },
        { className: 'dog', support: 2 },
      ]);
    }
  });
});

describe('the list of datasets', () => {
  it('is newest first, and paged', async () => {
    const query = 'query ($offset: Int!) { datasets(first: 40, offset: $offset) { id createdAt } }';
    const pages = (await Promise.all(
      [0, 40, 80].map((offset) => service.client.field('datasets', query, { offset })),
    )) as { id: string; createdAt: string }[][];
    const all = pages.flat();
    expect(pages.map((page) => page.length)).toEqual([40, 40, 20]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(100);
    const times = all.map(({ createdAt }) => Date.parse(createdAt));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});
