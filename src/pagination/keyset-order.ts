/** What a page by keyset goes by: one column, and a unique id among equal values. */
import { decodeCursor, encodeCursor, invalidCursor, isUuid, type Position } from './cursor';
import type { Page } from './page';
import type { SqlParameters } from './sql-parameters';

export interface KeysetOrder {
  /** Part of every cursor. */
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

/** The conditions of the rows with a value, or of those without, between the cursors. */
export type Segment = readonly string[];

/** The order's name and direction as its cursors hold them. */
function orderKey({ name, descending }: KeysetOrder): string {
  return `${name} ${descending ? 'DESC' : 'ASC'}`;
}

export function keysetCursor(order: KeysetOrder, position: Position): string {
  return encodeCursor(orderKey(order), position);
}

/**
 * @returns what may hold rows of the page, in its direction: none, one or both segments
 * @throws UserError INVALID_CURSOR
 */
export function segmentsOf(order: KeysetOrder, page: Page, parameters: SqlParameters): Segment[] {
  const after = position(order, page.after);
  const before = position(order, page.before);
  const compared = new Comparisons(order, parameters);
  const segments: Segment[] = [];
  if (after?.value !== null) {
    const conditions = order.nullable ? [`${order.column} IS NOT NULL`] : [];
    if (after) conditions.push(compared.place(after, 'behind'));
    if (before && before.value !== null) conditions.push(compared.place(before, 'ahead'));
    segments.push(conditions);
  }
  if (order.nullable && (before === undefined || before.value === null)) {
    const conditions = [`${order.column} IS NULL`];
    if (after?.value === null) conditions.push(compared.id(after, 'behind'));
    if (before) conditions.push(compared.id(before, 'ahead'));
    segments.push(conditions);
  }
  return page.backward ? segments.reverse() : segments;
}

class Comparisons {
  constructor(
    private readonly order: KeysetOrder,
    private readonly parameters: SqlParameters,
  ) {}

  place({ value, id }: Position, side: 'behind' | 'ahead'): string {
    const { column, idColumn, kind } = this.order;
    const given = this.parameters.add(kind === 'time' && value !== null ? timeText(value) : value);
    const type = kind === 'time' ? 'timestamptz' : 'double precision';
    return `(${column}, ${idColumn}) ${this.sign(side)} (${given}::${type}, ${this.parameters.add(id)}::uuid)`;
  }

  id({ id }: Position, side: 'behind' | 'ahead'): string {
    return `${this.order.idColumn} ${this.sign(side)} ${this.parameters.add(id)}::uuid`;
  }

  private sign(side: 'behind' | 'ahead'): '<' | '>' {
    return this.order.descending === (side === 'behind') ? '<' : '>';
  }
}

/** `value` as JavaScript has it: a time in whole microseconds, for a Date would lose them. */
export function valueAsNumber({ kind }: KeysetOrder): string {
  return kind === 'time' ? 'round(extract(epoch FROM value) * 1000000)::double precision' : 'value';
}

function timeText(microseconds: number): string {
  const milliseconds = new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, -1);
  return `${milliseconds}${String(microseconds % 1000).padStart(3, '0')}Z`;
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
