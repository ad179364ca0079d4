/** Times pages of results by the database's own clock. */
import type { DataSource, EntityManager } from 'typeorm';
import { ALIAS_HISTORY_SQL } from '../../src/evaluations/history/alias-history';
import { leaderboardSql } from '../../src/evaluations/history/leaderboard';
import {
  keysetOrder,
  type ResultOrderField,
  ResultOrderFieldEnum,
} from '../../src/evaluations/history/result-order';
import { resultSource } from '../../src/evaluations/history/result-source';
import { keysetSql } from '../../src/pagination/keyset';
import { keysetCursor, type KeysetOrder } from '../../src/pagination/keyset-order';
import { OrderDirection } from '../../src/pagination/order-direction';
import type { Page } from '../../src/pagination/page';
import { SqlParameters } from '../../src/pagination/sql-parameters';
import { explain } from './explain';
import { filledId, historyFilters } from './history-filters';

export interface Measured {
  filter: string;
  order: string;
  /** Of all pages, planning included. */
  medianMs: number;
  maxMs: number;
}

export const RESULT_ORDERS: readonly ResultOrderField[] = Object.values(ResultOrderFieldEnum);
/** Each page is read so often, and the quickest counts. */
const ATTEMPTS = 3;
/** Runs at whose places pages begin, as shares of the history. */
const PLACES = [0.05, 0.5, 0.95];

/** The pages of an order that are measured: the first, the last, and those behind and before some rows. */
export async function pagesOf(
  { manager }: DataSource,
  order: KeysetOrder,
  results: number,
): Promise<Page[]> {
  const ids = PLACES.map((place) => filledId('run', Math.floor(place * results)));
  const value =
    order.kind === 'time'
      ? `round(extract(epoch FROM ${order.column}) * 1000000)::double precision`
      : order.column;
  const rows = await manager.query<{ id: string; value: number | null }[]>(
    `SELECT r.run_id AS id, ${value} AS value FROM evaluation_result r WHERE r.run_id = ANY ($1)`,
    [ids],
  );
  const cursors = rows.map((row) => keysetCursor(order, row));
  return [
    { size: 20, backward: false },
    { size: 20, backward: true },
    ...cursors.map((after) => ({ size: 20, backward: false, after })),
    ...cursors.map((before) => ({ size: 20, backward: true, before })),
  ];
}

export async function measureHistory(
  dataSource: DataSource,
  checkpoints: number,
): Promise<Measured[]> {
  const { manager } = dataSource;
  const results = await manager.query<{ n: number }[]>(
    'SELECT count(*)::int AS n FROM evaluation_result',
  );
  const measured: Measured[] = [];
  for (const [filter, conditions] of Object.entries(historyFilters(checkpoints))) {
    for (const by of RESULT_ORDERS) {
      for (const direction of [OrderDirection.DESC, OrderDirection.ASC]) {
        const order = keysetOrder({ by, direction });
        const times: number[] = [];
        for (const page of await pagesOf(dataSource, order, results[0]?.n ?? 0)) {
          const parameters = new SqlParameters();
          const source = resultSource(conditions, by, parameters);
          const sql = keysetSql(order, page, source, parameters);
          times.push(await bestOf(manager, sql, parameters.values));
        }
        measured.push({ filter, order: `${by} ${direction}`, ...summary(times) });
      }
    }
  }
  return [...measured, ...(await measureBoards(dataSource))];
}

async function measureBoards({ manager }: DataSource): Promise<Measured[]> {
  const measured: Measured[] = [];
  const place = [filledId('dataset', 0), 'test'];
  for (const by of RESULT_ORDERS) {
    if (by === 'createdAt') continue;
    const times = [await bestOf(manager, leaderboardSql(by), [...place, 20])];
    measured.push({ filter: '(leaderboard of 20)', order: by, ...summary(times) });
  }
  const ms = await bestOf(manager, ALIAS_HISTORY_SQL, ['champion', ...place, 100]);
  return [...measured, { filter: '(alias history)', order: 'assignedAt', ...summary([ms]) }];
}

/** What else the machine does only adds to a time. */
async function bestOf(manager: EntityManager, sql: string, values: unknown[]): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ATTEMPTS; i++)
    best = Math.min(best, (await explain(manager, sql, values)).ms);
  return best;
}

function summary(times: readonly number[]): { medianMs: number; maxMs: number } {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    maxMs: sorted.at(-1) ?? Number.NaN,
  };
}
