/**
 * Pages by keyset: a page begins at the place that a cursor names and not behind a number of rows, so that
 * it stays right while rows are added, and costs the same however deep it lies.
 */
import { decodeCursor, encodeCursor, invalidCursor, isUuid, type Position } from './cursor';
import type { Page } from './page';
import type { SqlParameters } from './sql-parameters';

export interface KeysetOrder {
  /** In GraphQL; part of every cursor. */
  name: string;
  /** The column that orders. Rows without a value come last in either direction. */
  column: string;
  /** time: timestamptz. number: any numeric column that holds finite numbers. */
  kind: 'time' | 'number';
  nullable: boolean;
  descending: boolean;
  /** A uuid, unique: decides among equal values, in the same direction. */
  idColumn: string;
}

/** The rows of a page. */
export interface KeysetSource {
  from: string;
  /** Conditions, joined by AND. */
  where: readonly string[];
  /** A list of groups that `from` and `where` refer to: each is read in order, and the groups are merged. */
  groups?: string;
}

interface Bounds {
  after: Position | undefined;
  before: Position | undefined;
}

/** The order's name and direction as its cursors hold them. */
export function orderKey({ name, descending }: KeysetOrder): string {
  return `${name} ${descending ? 'DESC' : 'ASC'}`;
}

export function keysetCursor(order: KeysetOrder, position: Position): string {
  return encodeCursor(orderKey(order), position);
}

/**
 * One statement with the rows `id` and `value` of a page, in the page's direction, and one more where there is
 * more. An index on (column, idColumn) serves it in both directions.
 *
 * @throws UserError INVALID_CURSOR
 */
export function keysetSql(
  order: KeysetOrder,
  page: Page,
  source: KeysetSource,
  parameters: SqlParameters,
): string {
  const down = order.descending !== page.backward;
  const bounds = { after: position(order, page.after), before: position(order, page.before) };
  const limit = parameters.add(page.size + 1);
  const direction = down ? 'DESC' : 'ASC';
  const branch = (conditions: string[]) => {
    const where = [...source.where, ...conditions];
    return inGroups(
      source.groups,
      `SELECT ${order.idColumn} AS id, ${order.column} AS value FROM ${source.from}
        WHERE ${where.length > 0 ? where.join(' AND ') : 'TRUE'}
        ORDER BY ${order.column} ${direction}, ${order.idColumn} ${direction} LIMIT ${limit}`,
      `ORDER BY value ${direction}, id ${direction} LIMIT ${limit}`,
    );
  };
  const branches = [withValue(order, bounds, parameters), withoutValue(order, bounds, parameters)]
    .filter((conditions) => conditions !== undefined)
    .map((conditions) => `(${branch(conditions)})`);
  // Each branch is in order and bounded, so this sorts a page or two.
  return `SELECT id, ${asNumber(order)} AS value FROM (
    ${branches.length > 0 ? branches.join(' UNION ALL ') : nothing(order)}
  ) page ORDER BY value IS NULL ${page.backward ? 'DESC' : 'ASC'}, page.value ${direction}, id ${direction} LIMIT ${limit}`;
}

/** @returns undefined where the cursors leave no row that has a value */
function withValue(
  order: KeysetOrder,
  { after, before }: Bounds,
  parameters: SqlParameters,
): string[] | undefined {
  if (after?.value === null) return undefined;
  const conditions = order.nullable ? [`${order.column} IS NOT NULL`] : [];
  const add = ({ value, id }: Position, behind: boolean) =>
    conditions.push(
      `(${order.column}, ${order.idColumn}) ${sign(order, behind)}
       (${parameters.add(asParameter(order, value))}::${sqlType(order)}, ${parameters.add(id)}::uuid)`,
    );
  if (after) add(after, true);
  if (before && before.value !== null) add(before, false);
  return conditions;
}

/** @returns undefined where the cursors leave no row that has none, or none can lack it */
function withoutValue(
  order: KeysetOrder,
  { after, before }: Bounds,
  parameters: SqlParameters,
): string[] | undefined {
  if (!order.nullable || (before && before.value !== null)) return undefined;
  const conditions = [`${order.column} IS NULL`];
  const add = ({ id }: Position, behind: boolean) =>
    conditions.push(`${order.idColumn} ${sign(order, behind)} ${parameters.add(id)}::uuid`);
  if (after?.value === null) add(after, true);
  if (before) add(before, false);
  return conditions;
}

function sign({ descending }: KeysetOrder, behind: boolean): '<' | '>' {
  return descending === behind ? '<' : '>';
}

function inGroups(groups: string | undefined, select: string, order: string): string {
  if (groups === undefined) return select;
  return `SELECT one.id, one.value FROM ${groups} CROSS JOIN LATERAL (${select}) one ${order}`;
}

function nothing(order: KeysetOrder): string {
  return `SELECT NULL::uuid AS id, NULL::${sqlType(order)} AS value WHERE FALSE`;
}

function sqlType({ kind }: KeysetOrder): string {
  return kind === 'time' ? 'timestamptz' : 'double precision';
}

/** As JavaScript has it: a time in whole microseconds, for a Date would lose them. */
function asNumber({ kind }: KeysetOrder): string {
  return kind === 'time' ? 'round(extract(epoch FROM value) * 1000000)::double precision' : 'value';
}

function asParameter({ kind }: KeysetOrder, value: number | null): number | string | null {
  if (kind === 'number' || value === null) return value;
  const milliseconds = new Date(Math.floor(value / 1000)).toISOString().slice(0, -1);
  return `${milliseconds}${String(value % 1000).padStart(3, '0')}Z`;
}

function position(order: KeysetOrder, cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  const found = decodeCursor(cursor, orderKey(order), isUuid);
  const { value } = found;
  if (value === null ? !order.nullable : order.kind === 'time' && !isMicroseconds(value)) {
    throw invalidCursor('it is none that this service gave out');
  }
  return found;
}

function isMicroseconds(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
