/** On a filled history no list reads a whole table, whatever its order and filter; PostgreSQL is left to choose. */
import { nodesOf, type PlanNode } from '../../../bench/support/explain';
import { fillHistory, settle } from '../../../bench/support/fill-history';
import { filledId, historyFilters } from '../../../bench/support/history-filters';
import { pagesOf, RESULT_ORDERS } from '../../../bench/support/measure-history';
import { ALIAS_HISTORY_SQL } from '../../../src/evaluations/history/alias-history';
import { leaderboardSql } from '../../../src/evaluations/history/leaderboard';
import { keysetOrder } from '../../../src/evaluations/history/result-order';
import { resultSource } from '../../../src/evaluations/history/result-source';
import {
  type EvaluationRunFilter,
  NEWEST_FIRST,
  runSource,
} from '../../../src/evaluations/history/run-list';
import { RunState } from '../../../src/evaluations/evaluation-run.entity';
import { RUNS_ON_SPLITS_SQL } from '../../../src/evaluations/robustness/robustness-runs';
import { RESULT_METRICS } from '../../../src/evaluations/result-metric';
import { keysetSql } from '../../../src/pagination/keyset';
import { OrderDirection } from '../../../src/pagination/order-direction';
import { SqlParameters } from '../../../src/pagination/sql-parameters';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';

const RESULTS = 20_000;
const CHECKPOINTS = 200;
const LARGE = ['evaluation_result', 'evaluation_run', 'checkpoint', 'checkpoint_alias'];

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  const { dataSource } = database;
  const size = { results: RESULTS, checkpoints: CHECKPOINTS, datasets: 10, runsWithPredictions: 1 };
  await fillHistory(dataSource, size, Buffer.alloc(400_000));
  await settle(dataSource);
}, 300_000);

afterAll(() => database.end());

/** The large tables that a plan reads as a whole, with the statement for a person to look at. */
async function readsWhole(sql: string, values: unknown[]): Promise<string[]> {
  const [row] = await database.dataSource.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
    `EXPLAIN (FORMAT JSON) ${sql}`,
    values,
  );
  const nodes = row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];
  expect(nodes.length).toBeGreaterThan(0);
  return nodes
    .filter((node) => node['Node Type'].endsWith('Seq Scan'))
    .flatMap((node) => node['Relation Name'] ?? [])
    .filter((name) => LARGE.includes(name));
}

it.each(Object.entries(historyFilters(CHECKPOINTS)))(
  'results by filter "%s": every order, direction and page',
  async (_, conditions) => {
    for (const by of RESULT_ORDERS) {
      for (const direction of Object.values(OrderDirection)) {
        const order = keysetOrder({ by, direction });
        for (const page of await pagesOf(database.dataSource, order, RESULTS)) {
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

it.each<[string, EvaluationRunFilter]>([
  ['none', {}],
  ['some states', { states: [RunState.FAILED, RunState.RUNNING] }],
  ['the usual state', { states: [RunState.SUCCEEDED] }],
  ['a checkpoint', { checkpointId: filledId('checkpoint', 9) }],
  ['a dataset', { datasetId: filledId('dataset', 5) }],
  ['a dataset and split', { datasetId: filledId('dataset', 5), split: 'test' }],
  ['a split', { split: 'test~noise-5-s42' }],
  ['all', { datasetId: filledId('dataset', 5), split: 'test', states: [RunState.FAILED] }],
])('runs by %s', async (_, filter) => {
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
