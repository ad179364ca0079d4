/** Lists over GraphQL: runs and checkpoints by page, the history of an alias, and what all of it costs. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { EvaluationRun, RunState } from '../../../src/evaluations/evaluation-run.entity';
import { newRun, storeResult } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';

interface Item {
  id: string;
  createdAt: string;
}
interface Answered {
  nodes: Item[];
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: Record<'startCursor' | 'endCursor', string | null> &
    Record<'hasNextPage' | 'hasPreviousPage', boolean>;
}

const COUNT = 25;

let service: TestService;
let dataSource: DataSource;
let results: Awaited<ReturnType<typeof storeResult>>[];

beforeAll(async () => {
  service = await startTestService();
  ({ dataSource } = service.app.services.database);
  results = [];
  for (let i = 0; i < COUNT; i++) {
    const run = await newRun(dataSource);
    results.push(
      await storeResult(
        dataSource,
        { ...run, split: i % 2 === 0 ? 'test' : 'train' },
        { createdAt: new Date(Date.UTC(2030, 0, 1, 0, i)) },
      ),
    );
    if (i % 5 === 0) {
      await dataSource.manager.insert(EvaluationRun, {
        ...run,
        id: randomUUID(),
        state: i % 2 === 0 ? RunState.FAILED : RunState.CANCELLED,
      });
    }
  }
});

afterAll(() => service.end());

async function page(name: string, args = ''): Promise<Answered> {
  const query = `{ ${name}${args} { nodes { id createdAt } edges { cursor node { id } }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`;
  return (await service.client.field(name, query)) as Answered;
}

const ids = async (name: string, args = '') => (await page(name, args)).nodes.map(({ id }) => id);

describe.each([
  ['evaluationRuns', COUNT + 5],
  ['evaluationResults', COUNT],
  ['checkpoints', COUNT],
])('%s', (name, count) => {
  it('are read newest first, page by page in both directions, each once', async () => {
    const forward: Item[] = [];
    const backward: Item[] = [];
    for (let args = '(first: 7)'; ;) {
      const { nodes, edges, pageInfo } = await page(name, args);
      forward.push(...nodes);
      expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id));
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
        edges[0]?.cursor,
        edges.at(-1)?.cursor,
      ]);
      if (!pageInfo.hasNextPage) break;
      args = `(first: 7, after: "${pageInfo.endCursor}")`;
    }
    for (let args = '(last: 7)'; ;) {
      const { nodes, pageInfo } = await page(name, args);
      backward.unshift(...nodes);
      if (!pageInfo.hasPreviousPage) break;
      args = `(last: 7, before: "${pageInfo.startCursor}")`;
    }
    expect(new Set(forward.map(({ id }) => id)).size).toBe(count);
    expect(forward).toHaveLength(count);
    expect(backward).toEqual(forward);
    const times = forward.map(({ createdAt }) => Date.parse(createdAt));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(await ids(name)).toEqual(forward.slice(0, 20).map(({ id }) => id));
  });

  it('refuse both ends at once, sizes that are none, and cursors that are none, each by its code', async () => {
    const codes = (args: string) => service.client.codes(`{ ${name}${args} { nodes { id } } }`);
    expect(await codes('(first: 1, last: 1)')).toEqual(['PAGE_AMBIGUOUS']);
    expect(await codes('(first: 0)')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('(last: 101)')).toEqual(['BAD_USER_INPUT']);
    expect(await codes('(after: "x")')).toEqual(['INVALID_CURSOR']);
    expect(await codes(`(before: "${'x'.repeat(501)}")`)).toEqual(['BAD_USER_INPUT']);
  });
});

describe('runs', () => {
  it('are narrowed by state, checkpoint, dataset and split, alone and together', async () => {
    const all = await dataSource.manager.find(EvaluationRun);
    const expected = (keeps: (run: EvaluationRun) => boolean) =>
      all
        .filter(keeps)
        .map(({ id }) => id)
        .sort();
    const found = async (filter: string) =>
      (await ids('evaluationRuns', `(first: 100, filter: { ${filter} })`)).sort();
    const [one] = all;
    if (!one) throw new Error('there are some');
    const { checkpointId, datasetId, state, split } = one;
    expect(await found('states: [FAILED, CANCELLED]')).toEqual(
      expected((run) => run.state !== RunState.SUCCEEDED),
    );
    expect(await found('states: [FAILED]')).toEqual(
      expected((run) => run.state === RunState.FAILED),
    );
    expect(await found('states: []')).toEqual([]);
    expect(await found('states: null')).toEqual(expected(() => true));
    expect(await found('split: "train"')).toEqual(expected((run) => run.split === 'train'));
    expect(await found(`checkpointId: "${checkpointId}"`)).toEqual(
      expected((run) => run.checkpointId === checkpointId),
    );
    expect(await found(`datasetId: "${datasetId}", split: "${split}"`)).toEqual(
      expected((run) => run.datasetId === datasetId && run.split === split),
    );
    expect(
      await found(
        `datasetId: "${datasetId}", checkpointId: "${checkpointId}", states: [${state}], split: "${split}"`,
      ),
    ).toEqual(
      expected(
        (run) =>
          run === one ||
          (run.datasetId === datasetId && run.state === state && run.split === split),
      ),
    );
  });

  it('in several states are newest first all the same', async () => {
    const states = '(first: 4, filter: { states: [CANCELLED, FAILED, SUCCEEDED] })';
    expect(await ids('evaluationRuns', states)).toEqual(await ids('evaluationRuns', '(first: 4)'));
  });
});

describe('the history of an alias', () => {
  const HISTORY = `query ($alias: String!, $datasetId: ID!, $split: String, $first: Int) {
    aliasHistory(alias: $alias, datasetId: $datasetId, split: $split, first: $first) {
      alias assignedAt endedAt result { id checkpoint { id } } } }`;

  it('has each time with the newest result of its checkpoint on the split, oldest first', async () => {
    const set =
      'mutation ($id: ID!) { setCheckpointAlias(alias: "best", checkpointId: $id) { alias } }';
    const run = await newRun(dataSource);
    const other = await newRun(dataSource);
    const third = await newRun(dataSource);
    const { datasetId } = run;
    const at = (minute: number) => ({ createdAt: new Date(Date.UTC(2031, 0, 1, 0, minute)) });
    await storeResult(dataSource, run, at(1));
    const newest = await storeResult(dataSource, run, at(3));
    await storeResult(dataSource, { ...run, split: 'train' }, at(4));
    const ofOther = await storeResult(dataSource, { ...other, datasetId }, at(2));
    for (const { checkpointId: id } of [run, other, third, run]) {
      await service.client.field('setCheckpointAlias', set, { id });
    }
    const history = async (more: object = {}) =>
      (await service.client.field('aliasHistory', HISTORY, {
        alias: 'best',
        datasetId,
        ...more,
      })) as { result: { id: string }; assignedAt: string; endedAt: string | null }[];
    const entries = await history();
    expect(entries.map(({ result }) => result.id)).toEqual([
      newest.runId,
      ofOther.runId,
      newest.runId,
    ]);
    expect(entries.map(({ endedAt }) => endedAt === null)).toEqual([false, false, true]);
    const times = entries.map(({ assignedAt }) => Date.parse(assignedAt));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await history({ first: 2 })).toEqual(entries.slice(1));
    expect(await history({ split: 'x' })).toEqual([]);
    expect(await history({ alias: 'nobody' })).toEqual([]);
  });
});

it('the leaderboard over GraphQL names ranks, values and intervals', async () => {
  const [one] = results;
  const query = `query ($datasetId: ID!) { leaderboard(datasetId: $datasetId, metric: LOSS) {
    rank value tiedWithFirst interval { lower upper } result { id loss } } }`;
  const entries = await service.client.field('leaderboard', query, { datasetId: one?.datasetId });
  expect(entries).toEqual([
    {
      rank: 1,
      value: one?.loss,
      tiedWithFirst: true,
      interval: null,
      result: { id: one?.runId, loss: one?.loss },
    },
  ]);
});

it('a page of 100 with what a table shows stays within the cost that is allowed', async () => {
  const query = `{ evaluationResults(first: 100) { pageInfo { endCursor hasNextPage } edges { cursor node {
    id split engine accuracy macroF1 loss createdAt checkpoint { id name } dataset { id name } run { id } } } } }`;
  expect((await service.client.send(query)).errors).toEqual([]);
});
