/** Pages of results: each order in both directions, each filter, held against sorting and filtering in memory. */
import { randomUUID } from 'node:crypto';
import type { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { createHistory, type History } from '../../../src/evaluations/history/history';
import type { EvaluationResultFilter } from '../../../src/evaluations/history/result-filter';
import {
  type EvaluationResultOrder,
  type ResultOrderField,
  ResultOrderFieldEnum,
} from '../../../src/evaluations/history/result-order';
import { OrderDirection } from '../../../src/pagination/order-direction';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { storeVariant } from '../../support/stored-variants';
import { type MadeHistory, makeHistory, storedResults } from './made-history';

const ORDERS = Object.values(ResultOrderFieldEnum).flatMap((by) =>
  Object.values(OrderDirection).map((direction) => ({ by, direction })),
);

let database: OpenTestDatabase;
let history: History;
let made: MadeHistory;

beforeAll(async () => {
  database = await openTestDatabase();
  history = createHistory(database.dataSource);
  made = await makeHistory(database.dataSource, 7);
});

afterAll(() => database.end());

type Row = MadeHistory['results'][number];

function valueOf({ result, micros }: Row, by: ResultOrderField): number | null {
  return by === 'createdAt' ? micros : result[by];
}

/** Nulls last whatever the direction; equal values by id. */
function sortedIds(rows: readonly Row[], { by, direction }: EvaluationResultOrder): string[] {
  const sign = direction === OrderDirection.ASC ? 1 : -1;
  return [...rows]
    .sort((a, b) => {
      const [x, y] = [valueOf(a, by), valueOf(b, by)];
      if ((x === null) !== (y === null)) return x === null ? 1 : -1;
      if (x !== null && y !== null && x !== y) return sign * (x - y);
      return sign * (a.result.runId < b.result.runId ? -1 : 1);
    })
    .map(({ result }) => result.runId);
}

async function forward(
  filter: EvaluationResultFilter,
  order: EvaluationResultOrder,
  first: number,
) {
  const ids: string[] = [];
  for (let after: string | null = null; ;) {
    const { nodes, pageInfo } = await history.results.page(filter, order, { first, after });
    ids.push(...nodes.map(({ runId }) => runId));
    expect(pageInfo.hasPreviousPage).toBe(after !== null);
    if (!pageInfo.hasNextPage) return ids;
    expect(nodes).toHaveLength(first);
    after = pageInfo.endCursor;
  }
}

async function backward(
  filter: EvaluationResultFilter,
  order: EvaluationResultOrder,
  last: number,
) {
  const ids: string[] = [];
  for (let before: string | null = null; ;) {
    const { nodes, pageInfo } = await history.results.page(filter, order, { last, before });
    ids.unshift(...nodes.map(({ runId }) => runId));
    expect(pageInfo.hasNextPage).toBe(before !== null);
    if (!pageInfo.hasPreviousPage) return ids;
    expect(nodes).toHaveLength(last);
    before = pageInfo.startCursor;
  }
}

it.each(ORDERS)('by $by $direction all are read once, forward as backward', async (order) => {
  const expected = sortedIds(made.results, order);
  expect(await forward({}, order, 7)).toEqual(expected);
  expect(await backward({}, order, 7)).toEqual(expected);
  expect(await forward({}, order, 100)).toEqual(expected);
});

interface Narrowed {
  filter: EvaluationResultFilter;
  keeps: (result: EvaluationResult) => boolean;
}

function narrowed(): Record<string, Narrowed> {
  const [checkpoint] = made.checkpoints;
  const [dataset] = made.datasets;
  if (!checkpoint || !dataset) throw new Error('there are some');
  const { id: checkpointId, digest: checkpointDigest } = checkpoint;
  const datasetId = dataset.id;
  const moment = new Date('2030-01-01T00:00:00.125Z');
  const ofCheckpoint = (result: EvaluationResult) => result.checkpointId === checkpointId;
  const ofDataset = (result: EvaluationResult) => result.datasetId === datasetId;
  return {
    checkpoint: { filter: { checkpointId }, keeps: ofCheckpoint },
    'its digest': { filter: { checkpointDigest }, keeps: ofCheckpoint },
    'its alias': { filter: { checkpointAlias: 'champion' }, keeps: ofCheckpoint },
    'all three': {
      filter: { checkpointId, checkpointDigest, checkpointAlias: 'champion' },
      keeps: ofCheckpoint,
    },
    'an alias and the digest of another': {
      filter: { checkpointAlias: 'champion', checkpointDigest: '0'.repeat(64) },
      keeps: () => false,
    },
    'an alias of none': { filter: { checkpointAlias: 'nobody' }, keeps: () => false },
    dataset: { filter: { datasetId }, keeps: ofDataset },
    split: { filter: { split: 'train' }, keeps: ({ split }) => split === 'train' },
    'dataset and split': {
      filter: { datasetId, split: 'test' },
      keeps: (result) => ofDataset(result) && result.split === 'test',
    },
    'a split that is not there': { filter: { datasetId, split: 'x' }, keeps: () => false },
    'a dataset that is not there': { filter: { datasetId: randomUUID() }, keeps: () => false },
    engine: { filter: { engine: 'tfjs' }, keeps: ({ engine }) => engine === 'tfjs' },
    'dataset, split and engine': {
      filter: { datasetId, split: 'train', engine: 'onnx' },
      keeps: (result) => ofDataset(result) && result.split === 'train' && result.engine === 'onnx',
    },
    'split and engine': {
      filter: { split: 'train', engine: 'onnx' },
      keeps: ({ split, engine }) => split === 'train' && engine === 'onnx',
    },
    'checkpoint, split and time': {
      filter: { checkpointId, split: 'test', createdBefore: moment },
      keeps: (result) =>
        ofCheckpoint(result) && result.split === 'test' && result.createdAt < moment,
    },
    // Dates of JavaScript are cut to milliseconds, so those of the moment's own are later than it or it.
    before: { filter: { createdBefore: moment }, keeps: ({ createdAt }) => createdAt < moment },
    range: {
      filter: { metrics: [{ metric: 'accuracy', min: 0.3, max: 0.8 }] },
      keeps: ({ accuracy }) => accuracy >= 0.3 && accuracy <= 0.8,
    },
    'two ranges, of which one may be missing': {
      filter: {
        metrics: [
          { metric: 'brierScore', max: 0.5 },
          { metric: 'loss', min: 0.2 },
        ],
      },
      keeps: ({ brierScore, loss }) => brierScore !== null && brierScore <= 0.5 && loss >= 0.2,
    },
    'a range without ends': {
      filter: { metrics: [{ metric: 'rocAucMacro' }] },
      keeps: ({ rocAucMacro }) => rocAucMacro !== null,
    },
    'a range that is empty': {
      filter: { metrics: [{ metric: 'loss', min: 0.5, max: 0.4 }] },
      keeps: () => false,
    },
  };
}

describe('narrowed', () => {
  beforeAll(async () => {
    await database.dataSource.query(
      `INSERT INTO checkpoint_alias (id, alias, checkpoint_id, assigned_at) VALUES ($1, 'champion', $2, now())`,
      [randomUUID(), made.checkpoints[0]?.id],
    );
  });

  it.each(['createdAt', 'accuracy', 'rocAucMacro', 'brierScore', 'loss'] as const)(
    'by each filter, the pages by %s hold what fits and nothing else',
    async (by) => {
      for (const [name, { filter, keeps }] of Object.entries(narrowed())) {
        for (const direction of Object.values(OrderDirection)) {
          const order = { by, direction };
          const fitting = made.results.filter(({ result }) => keeps(result));
          const expected = [name, sortedIds(fitting, order)];
          expect([name, await forward(filter, order, 4)]).toEqual(expected);
          expect([name, await backward(filter, order, 4)]).toEqual(expected);
        }
      }
    },
  );

  it('after a moment leaves out that moment, to the microsecond', async () => {
    const { runId } = made.results[0]?.result ?? { runId: '' };
    const moment = '2031-01-01T00:00:00.000Z';
    const at = (micros: string) =>
      storeVariant(database.dataSource, runId, { created_at: `2031-01-01T00:00:00.${micros}Z` });
    const [, exact, later] = [await at('000000'), await at('000000'), await at('000001')];
    const order = { by: 'createdAt', direction: OrderDirection.ASC } as const;
    expect(await forward({ createdAfter: new Date(moment) }, order, 2)).toEqual([later]);
    expect(await forward({ createdBefore: new Date(moment) }, order, 90)).not.toContain(exact);
  });
});

describe('between two cursors', () => {
  it.each([
    { by: 'loss', direction: OrderDirection.DESC },
    { by: 'expectedCalibrationError', direction: OrderDirection.ASC },
  ] as const)('lies what comes behind one and before the other, by $by', async (order) => {
    const all = await history.results.page({}, order, { first: 100 });
    const cursors = all.edges.map(({ cursor }) => cursor);
    const ids = all.nodes.map(({ runId }) => runId);
    for (const [from, to] of [
      [3, 9],
      [0, ids.length - 1],
      [ids.length - 5, ids.length - 1],
      [9, 3],
      [4, 5],
    ] as const) {
      const cut = { after: cursors[from] as string, before: cursors[to] as string };
      const expected = ids.slice(from + 1, Math.max(from + 1, to));
      const ofPage = async (args: { first?: number; last?: number }) =>
        (await history.results.page({}, order, { ...args, ...cut })).nodes.map(
          ({ runId }) => runId,
        );
      expect(await ofPage({ first: 100 })).toEqual(expected);
      expect(await ofPage({ last: 100 })).toEqual(expected);
      expect(await ofPage({ last: 2 })).toEqual(expected.slice(-2));
    }
  });
});

describe('while results are added', () => {
  it.each([
    { by: 'createdAt', direction: OrderDirection.DESC },
    { by: 'accuracy', direction: OrderDirection.ASC },
    { by: 'brierScore', direction: OrderDirection.DESC },
  ] as const)(
    'the pages by $by go on where they were, without gap or repetition',
    async (order) => {
      const before = (await storedResults(database.dataSource)).map(({ result }) => result.runId);
      const seen: string[] = [];
      for (let after: string | null = null; ;) {
        const { nodes, pageInfo } = await history.results.page({}, order, { first: 9, after });
        seen.push(...nodes.map(({ runId }) => runId));
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
        // One at either end, one like the last that was seen, one without the scalar.
        const last = nodes.at(-1) as EvaluationResult;
        for (const more of [
          { created_at: '2035-01-01T00:00:00Z', accuracy: 2, brier_score: 2 },
          { created_at: '2025-01-01T00:00:00Z', accuracy: -1, brier_score: -1 },
          {},
          { brier_score: null },
        ]) {
          await storeVariant(database.dataSource, last.runId, more);
        }
        if (seen.length > 1_000) throw new Error('the list has no end');
      }
      expect(new Set(seen).size).toBe(seen.length);
      const old = new Set(before);
      expect(seen.filter((id) => old.has(id)).sort()).toEqual(before.sort());
      const now = sortedIds(await storedResults(database.dataSource), order);
      const places = seen.map((id) => now.indexOf(id));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    },
  );
});

it('a cursor of another order, direction or service is refused', async () => {
  const page = (by: ResultOrderField, direction: OrderDirection, after: string) =>
    history.results.page({}, { by, direction }, { after });
  const { pageInfo } = await history.results.page(
    {},
    { by: 'loss', direction: OrderDirection.ASC },
    { first: 1 },
  );
  const cursor = pageInfo.endCursor as string;
  await expect(page('loss', OrderDirection.ASC, cursor)).resolves.toBeDefined();
  for (const [by, direction, given] of [
    ['loss', OrderDirection.DESC, cursor],
    ['accuracy', OrderDirection.ASC, cursor],
    ['loss', OrderDirection.ASC, ''],
    ['loss', OrderDirection.ASC, `${cursor}x`],
  ] as const) {
    await expect(page(by, direction, given)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  }
});
