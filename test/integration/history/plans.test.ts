/** On a filled history no list reads a whole table, whatever its order and filter; PostgreSQL is left to choose. */
import { nodesOf, type PlanNode } from '../../../bench/support/explain';
import { fillHistory, settle } from '../../../bench/support/fill-history';
import {
  dayOf,
  filledId,
  historyFilters,
  runFilters,
} from '../../../bench/support/history-filters';
import { pagesOf, placesOf, RESULT_ORDERS } from '../../../bench/support/measure-history';
import { BLOCKS_SQL } from '../../../src/analysis/prediction-blocks';
import { ALIAS_HISTORY_SQL } from '../../../src/evaluations/history/alias-history';
import { leaderboardSql } from '../../../src/evaluations/history/leaderboard';
import { columnOf, keysetOrder } from '../../../src/evaluations/history/result-order';
import { resultSource } from '../../../src/evaluations/history/result-source';
import { NEWEST_FIRST, runSource } from '../../../src/evaluations/history/run-list';
import { RUNS_ON_SPLITS_SQL } from '../../../src/evaluations/robustness/robustness-runs';
import { RESULT_METRICS } from '../../../src/evaluations/result-metric';
import {
  CHECKPOINTS as CHECKPOINTS_EXPORTED,
  RESULTS as RESULTS_EXPORTED,
  RUNS as RUNS_EXPORTED,
} from '../../../src/exports/export-sources';
import { orderOf, pageSql } from '../../../src/exports/stored-rows';
import { keysetSql } from '../../../src/pagination/keyset';
import { keysetCursor } from '../../../src/pagination/keyset-order';
import { OrderDirection } from '../../../src/pagination/order-direction';
import { SqlParameters } from '../../../src/pagination/sql-parameters';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';

const RESULTS = 20_000;
const CHECKPOINTS = 200;
const LARGE = [
  'evaluation_result',
  'evaluation_run',
  'prediction_block',
  'checkpoint',
  'checkpoint_alias',
];

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  const { dataSource } = database;
  const size = {
    results: RESULTS,
    checkpoints: CHECKPOINTS,
    datasets: 10,
    runsWithPredictions: 1_000,
  };
  await fillHistory(dataSource, size, Buffer.alloc(400_000));
  await settle(dataSource);
}, 300_000);

afterAll(() => database.end());

async function planOf(sql: string, values: unknown[]): Promise<PlanNode[]> {
  const [row] = await database.dataSource.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
    `EXPLAIN (FORMAT JSON) ${sql}`,
    values,
  );
  const nodes = row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];
  expect(nodes.length).toBeGreaterThan(0);
  return nodes;
}

/** The large tables that a plan reads as a whole. */
async function readsWhole(sql: string, values: unknown[]): Promise<string[]> {
  return (await planOf(sql, values))
    .filter((node) => node['Node Type'].endsWith('Seq Scan'))
    .flatMap((node) => node['Relation Name'] ?? [])
    .filter((name) => LARGE.includes(name));
}

it.each(Object.entries(historyFilters(CHECKPOINTS)))(
  'results by filter "%s": every order, direction and page',
  async (_, conditions) => {
    const places = await placesOf(database.dataSource, conditions);
    expect(places.length).toBeGreaterThan(0);
    for (const by of RESULT_ORDERS) {
      for (const direction of Object.values(OrderDirection)) {
        const order = keysetOrder({ by, direction });
        for (const page of await pagesOf(database.dataSource, order, places)) {
          const parameters = new SqlParameters();
          const source = resultSource(conditions, by, parameters);
          const sql = keysetSql(order, page, source, parameters);
          expect([by, direction, page, await readsWhole(sql, parameters.values)]).toEqual([
            by,
            direction,
            page,
            [],
          ]);
        }
      }
    }
  },
);

it('a page of a split is walked in the index of the split, filtered or not', async () => {
  const split = { datasetId: filledId('dataset', 0), split: 'test' };
  for (const by of RESULT_METRICS) {
    for (const more of [{}, { engine: 'onnx' as const }, { createdAfter: dayOf(0.9) }]) {
      const parameters = new SqlParameters();
      const source = resultSource({ ...split, ...more }, by, parameters);
      const order = keysetOrder({ by, direction: OrderDirection.DESC });
      const sql = keysetSql(order, { size: 20, backward: false }, source, parameters);
      const [walk] = (await planOf(sql, parameters.values)).filter(
        (node) => node['Relation Name'] === 'evaluation_result',
      );
      expect([by, more, walk?.['Index Name']]).toEqual([
        by,
        more,
        `evaluation_result_split_${columnOf(by)}_idx`,
      ]);
    }
  }
});

it.each(Object.entries(runFilters()))('runs by %s', async (_, filter) => {
  for (const backward of [false, true]) {
    const parameters = new SqlParameters();
    const source = runSource(filter, parameters);
    const sql = keysetSql(NEWEST_FIRST, { size: 20, backward }, source, parameters);
    expect(await readsWhole(sql, parameters.values)).toEqual([]);
  }
});

it('leaderboards, the history of an alias, and rows by their ids', async () => {
  const place = [filledId('dataset', 0), 'test'];
  for (const metric of RESULT_METRICS) {
    expect([metric, await readsWhole(leaderboardSql(metric), [...place, 20])]).toEqual([
      metric,
      [],
    ]);
  }
  expect(await readsWhole(ALIAS_HISTORY_SQL, ['champion', ...place, 100])).toEqual([]);
  const ids = Array.from({ length: 100 }, (_, i) => filledId('run', i * 10));
  expect(
    await readsWhole('SELECT * FROM evaluation_result WHERE run_id = ANY ($1)', [ids]),
  ).toEqual([]);
});

it.each([CHECKPOINTS_EXPORTED, RUNS_EXPORTED, RESULTS_EXPORTED])(
  'a page of an export: $table',
  async (source) => {
    const order = orderOf(source);
    const place = { value: dayOf(0.5).getTime() * 1000, id: filledId('run', 0) };
    for (const after of [undefined, keysetCursor(order, place)]) {
      const parameters = new SqlParameters();
      const span = { since: dayOf(0).toISOString(), until: dayOf(2).toISOString() };
      // As few rows as the plan of a far larger table would read of it.
      const sql = pageSql({ ...source, pageSize: 16 }, span, after, parameters);
      expect(await readsWhole(sql, parameters.values)).toEqual([]);
    }
  },
);

it('all predictions of a result, for a look into a cell', async () => {
  expect(await readsWhole(BLOCKS_SQL, [[filledId('run', RESULTS - 1)]])).toEqual([]);
});

it('the runs on corrupted splits of one result and of a hundred', async () => {
  for (const results of [1, 100]) {
    const places = Array.from({ length: results * 30 }, (_, i) => Math.floor(i / 30));
    const values = [
      places.map((i) => filledId('checkpoint', i % CHECKPOINTS)),
      places.map((i) => filledId('dataset', i % 10)),
      places.map(() => 'onnx'),
      places.map((_, i) => `test~noise-${(i % 5) + 1}-s42`),
    ];
    expect(await readsWhole(RUNS_ON_SPLITS_SQL, values)).toEqual([]);
  }
});

it('a plan that does read a whole table would be seen', async () => {
  expect(await readsWhole('SELECT * FROM evaluation_result WHERE backend = $1', ['x'])).toEqual([
    'evaluation_result',
  ]);
});
