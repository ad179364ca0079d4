/**
 * Pages by keyset: a page begins at the place that a cursor names and not behind a number of rows, so that
 * it stays right while rows are added, and costs the same however deep it lies.
 */
import { type KeysetOrder, type Segment, segmentsOf, valueAsNumber } from './keyset-order';
import type { Page } from './page';
import type { SqlParameters } from './sql-parameters';

/** The rows of a list. All conditions are joined by AND. */
export interface KeysetSource {
  from: string;
  /** What leads into an index that goes on in the order: its first columns' values, ranges of the order's own. */
  where: readonly string[];
  /** What no such index knows. */
  filter?: readonly string[];
  /** A list of groups that `where` refers to: an index has each of them in order. Only without a filter. */
  groups?: string;
  /** No index has the rows of `where` in the order, but they are few. */
  few?: boolean;
}

/**
 * Rows that are walked in order to fill a page from those that fit the filter. Where the filter goes against
 * the order (the best of what is bad) they would be all that there are, and the database expects no such
 * thing; so behind these, whatever fits is looked up and sorted. Where a share s of N rows fits, a page of 20
 * is walked in 21/s rows and sorted from s·N: in a million they meet at 4,600.
 */
const WALK = 5_000;

interface Statement {
  order: KeysetOrder;
  source: KeysetSource;
  segments: Segment[];
  direction: 'ASC' | 'DESC';
  limit: string;
  /** Of the columns id and value. */
  orderBy: string;
}

/**
 * One statement with the rows `id` and `value` of a page, in the page's direction, and one more where there is
 * more. An index on what `where` names, column and idColumn serves it in both directions.
 *
 * @throws UserError INVALID_CURSOR
 */
export function keysetSql(
  order: KeysetOrder,
  page: Page,
  source: KeysetSource,
  parameters: SqlParameters,
): string {
  const direction = order.descending === page.backward ? 'ASC' : 'DESC';
  const nulls = order.nullable ? `page.value IS NULL ${page.backward ? 'DESC' : 'ASC'}, ` : '';
  const statement: Statement = {
    order,
    source,
    segments: segmentsOf(order, page, parameters),
    direction,
    limit: parameters.add(page.size + 1),
    orderBy: `ORDER BY ${nulls}page.value ${direction}, page.id ${direction}`,
  };
  return `SELECT id, ${valueAsNumber(order)} AS value
    FROM (${rowsOf(statement)}) page ${statement.orderBy} LIMIT ${statement.limit}`;
}

function rowsOf(statement: Statement): string {
  const { source, segments, order } = statement;
  if (segments.length === 0) {
    return `SELECT ${order.idColumn} AS id, ${order.column} AS value FROM ${source.from} WHERE FALSE`;
  }
  if (source.few) return sorted(statement);
  return source.filter?.length ? walkedOrSorted(statement) : inOrder(statement);
}

/** Each segment is read in order and bounded, so what is sorted in the end is a page or two. */
function inOrder(statement: Statement): string {
  const { source, segments, direction, limit } = statement;
  const branches = segments.map((segment) => {
    const select = indexed(statement, segment, limit);
    if (source.groups === undefined) return select;
    return `SELECT one.id, one.value FROM ${source.groups} CROSS JOIN LATERAL (${select}) one
             ORDER BY one.value ${direction}, one.id ${direction} LIMIT ${limit}`;
  });
  return branches.map((branch) => `(${branch})`).join(' UNION ALL ');
}

function indexed(
  { order, source, direction }: Statement,
  segment: Segment,
  limit: string | number,
  more = '',
): string {
  const { column, idColumn } = order;
  return `SELECT ${idColumn} AS id, ${column} AS value${more} FROM ${source.from}
           WHERE ${all([...source.where, ...segment])}
           ORDER BY ${column} ${direction}, ${idColumn} ${direction} LIMIT ${limit}`;
}

/** The expression keeps the database from walking an index in the order. */
function sorted({ order, source, segments, orderBy, limit }: Statement, condition = 'TRUE') {
  const nothing = order.kind === 'time' ? `interval '0'` : '0';
  const between = segments.map((segment) => `(${all(segment)})`).join(' OR ');
  return `SELECT * FROM (
            SELECT ${order.idColumn} AS id, ${order.column} + ${nothing} AS value FROM ${source.from}
             WHERE ${all([...source.where, ...(source.filter ?? []), `(${between})`, condition])}
          ) page ${orderBy} LIMIT ${limit}`;
}

function walkedOrSorted(statement: Statement): string {
  const { source, segments, limit } = statement;
  const [segment = []] = segments;
  const fits = `, (${all(source.filter ?? [])}) IS TRUE AS fits`;
  const full = `(SELECT count(*) FROM walked) = ${limit}`;
  return `WITH walked AS MATERIALIZED (
            SELECT id, value FROM (${indexed(statement, segment, WALK, fits)}) walk WHERE fits LIMIT ${limit})
          SELECT id, value FROM walked WHERE ${full}
          UNION ALL (${sorted(statement, `NOT (${full})`)})`;
}

function all(conditions: readonly string[]): string {
  return conditions.length > 0 ? conditions.join(' AND ') : 'TRUE';
}
