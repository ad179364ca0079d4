/** All rows of a table that came to be in a span of time, oldest first, page by page: two statements a page. */
import { type EntityManager, type EntityTarget, In, type ObjectLiteral } from 'typeorm';
import type { FindOptionsWhere } from 'typeorm';
import { keysetSql } from '../pagination/keyset';
import { type KeysetOrder, keysetCursor } from '../pagination/keyset-order';
import { SqlParameters } from '../pagination/sql-parameters';

/** The times are those of `exportTime`; the second one does not belong to it. */
export interface TimeSpan {
  since: string;
  until: string;
}

export interface RowSource<T extends ObjectLiteral> {
  entity: EntityTarget<T>;
  table: string;
  idColumn: string;
  /** The entity's property of that column. */
  idKey: keyof T & string;
  /** When a row came to be what it is. */
  timeColumn: string;
  /** What else the rows must be. */
  where?: string;
  pageSize: number;
}

interface PageRow {
  id: string;
  value: number;
}

export async function* storedPages<T extends ObjectLiteral>(
  manager: EntityManager,
  source: RowSource<T>,
  span: TimeSpan,
): AsyncGenerator<T[], void, undefined> {
  for await (const ids of idPages(manager, source, span)) {
    const rows = await manager.findBy(source.entity, {
      [source.idKey]: In(ids),
    } as FindOptionsWhere<T>);
    const byId = new Map(rows.map((row) => [row[source.idKey] as string, row]));
    yield ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
  }
}

/** The same rows by their ids alone: one statement a page. */
export async function* idPages(
  manager: EntityManager,
  source: Omit<RowSource<ObjectLiteral>, 'entity' | 'idKey'>,
  span: TimeSpan,
): AsyncGenerator<string[], void, undefined> {
  const order = orderOf(source);
  let after: string | undefined;
  for (;;) {
    const parameters = new SqlParameters();
    const sql = pageSql(source, span, after, parameters);
    const found = await manager.query<PageRow[]>(sql, parameters.values);
    const kept = found.slice(0, source.pageSize);
    const last = kept.at(-1);
    if (!last) return;
    yield kept.map(({ id }) => id);
    if (found.length === kept.length) return;
    after = keysetCursor(order, last);
  }
}

/** @param after the cursor of the last row before the page */
export function pageSql(
  source: Omit<RowSource<ObjectLiteral>, 'entity' | 'idKey'>,
  { since, until }: TimeSpan,
  after: string | undefined,
  parameters: SqlParameters,
): string {
  const where = [
    `${source.timeColumn} >= ${parameters.add(since)}::timestamptz`,
    `${source.timeColumn} < ${parameters.add(until)}::timestamptz`,
    ...(source.where === undefined ? [] : [source.where]),
  ];
  const page = { size: source.pageSize, backward: false, ...(after !== undefined && { after }) };
  return keysetSql(orderOf(source), page, { from: source.table, where }, parameters);
}

/** An index on both columns serves it. */
export function orderOf({
  timeColumn,
  idColumn,
}: Pick<RowSource<ObjectLiteral>, 'timeColumn' | 'idColumn'>): KeysetOrder {
  return {
    name: 'EXPORT',
    column: timeColumn,
    kind: 'time',
    nullable: false,
    descending: false,
    idColumn,
  };
}
