/** Times pages of results by the database's own clock. */
import type { DataSource } from 'typeorm';
import {
  keysetOrder,
  type ResultOrderField,
  ResultOrderFieldEnum,
} from '../../src/evaluations/history/result-order';
import { type ResultConditions, resultSource } from '../../src/evaluations/history/result-source';
import { keysetSql } from '../../src/pagination/keyset';
import { keysetCursor, type KeysetOrder } from '../../src/pagination/keyset-order';
import { OrderDirection } from '../../src/pagination/order-direction';
import type { Page } from '../../src/pagination/page';
import { SqlParameters } from '../../src/pagination/sql-parameters';
import { historyFilters } from './history-filters';
import { measureOtherLists } from './measure-other-lists';
import { databaseMs, type Measured, summary } from './timed';

export const RESULT_ORDERS: readonly ResultOrderField[] = Object.values(ResultOrderFieldEnum);
/** Results of the list at which pages begin, as shares of it by time. */
const PLACES = [0.05, 0.5, 0.95];

/** Ids of results that fit, since the cursors that callers have are of the list that they read. */
export async function placesOf(
  { manager }: DataSource,
  conditions: ResultConditions,
): Promise<string[]> {
  const parameters = new SqlParameters();
  const { from, groups, where, filter = [] } = resultSource(conditions, 'createdAt', parameters);
  const shares = parameters.add(PLACES);
  const rows = await manager.query<{ id: string }[]>(
    `WITH fitting AS (SELECT array_agg(r.run_id ORDER BY r.created_at, r.run_id) AS ids
                        FROM ${groups === undefined ? from : `${groups} CROSS JOIN ${from}`}
                       WHERE ${['TRUE', ...where, ...filter].join(' AND ')})
     SELECT ids[ceil(cardinality(ids) * share)] AS id FROM fitting CROSS JOIN unnest(${shares}::float8[]) share
      WHERE cardinality(ids) > 0`,
    parameters.values,
  );
  return rows.map(({ id }) => id);
}

/**
 * The pages of an order that are measured: the first, the last, and those behind and before some rows.
 *
 * @param places ids of these rows
 */
export async function pagesOf(
  { manager }: DataSource,
  order: KeysetOrder,
  places: readonly string[],
): Promise<Page[]> {
  const value =
    order.kind === 'time'
      ? `round(extract(epoch FROM ${order.column}) * 1000000)::double precision`
      : order.column;
  const rows = await manager.query<{ id: string; value: number | null }[]>(
    `SELECT r.run_id AS id, ${value} AS value FROM evaluation_result r WHERE r.run_id = ANY ($1)`,
    [places],
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
  const measured: Measured[] = [];
  for (const [filter, conditions] of Object.entries(historyFilters(checkpoints))) {
    const places = await placesOf(dataSource, conditions);
    for (const by of RESULT_ORDERS) {
      for (const direction of [OrderDirection.DESC, OrderDirection.ASC]) {
        const order = keysetOrder({ by, direction });
        const times: number[] = [];
        for (const page of await pagesOf(dataSource, order, places)) {
          const parameters = new SqlParameters();
          const source = resultSource(conditions, by, parameters);
          const sql = keysetSql(order, page, source, parameters);
          times.push(await databaseMs(manager, sql, parameters.values));
        }
        measured.push({ filter, order: `${by} ${direction}`, ...summary(times) });
      }
    }
  }
  return [...measured, ...(await measureOtherLists(dataSource))];
}
