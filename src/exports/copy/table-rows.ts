/** Rows of a table as another database takes them, whatever columns it has: each value as PostgreSQL's own text. */
import type { EntityManager } from 'typeorm';

export type CopiedRow = Record<string, string | Buffer | null>;

export interface CopiedTable {
  name: string;
  columns: readonly { name: string; type: string }[];
}

/** @param name a table of ours */
export async function copiedTable(manager: EntityManager, name: string): Promise<CopiedTable> {
  const columns = await manager.query<{ name: string; type: string }[]>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [name],
  );
  return { name, columns };
}

/** @param condition of the table's columns, with $1 for the value */
export function readRows(
  manager: EntityManager,
  { name, columns }: CopiedTable,
  condition: string,
  values: unknown[],
): Promise<CopiedRow[]> {
  const list = columns.map((column) => `${textOf(column)} AS "${column.name}"`).join(', ');
  return manager.query<CopiedRow[]>(`SELECT ${list} FROM ${name} WHERE ${condition}`, values);
}

/** @returns whether it is new there: a row that stands in its way, by any unique key, is left as it is */
export async function insertRow(
  manager: EntityManager,
  { name, columns }: CopiedTable,
  row: CopiedRow,
): Promise<boolean> {
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  const values = columns.map((column, index) => `$${index + 1}::${column.type}`).join(', ');
  const inserted = await manager.query<object[]>(
    `INSERT INTO ${name} (${names}) VALUES (${values}) ON CONFLICT DO NOTHING RETURNING 1`,
    columns.map((column) => row[column.name] ?? null),
  );
  return inserted.length > 0;
}

/**
 * A digest of each row's content by its id, which is the same on every server.
 *
 * @param without columns that may differ
 */
export async function fingerprints(
  manager: EntityManager,
  { name, columns }: CopiedTable,
  idColumn: string,
  ids: readonly string[],
  without: readonly string[],
): Promise<Map<string, string>> {
  const texts = columns.filter((column) => !without.includes(column.name)).map(textOf);
  const rows = await manager.query<{ id: string; print: string }[]>(
    `SELECT ${idColumn} AS id, md5(ARRAY[${texts.join(', ')}]::text) AS print
       FROM ${name} WHERE ${idColumn} = ANY($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map(({ id, print }) => [id, print]));
}

/** Independent of the session's settings; a time keeps its microseconds, which a Date would lose. */
function textOf({ name, type }: { name: string; type: string }): string {
  if (type === 'bytea') return `"${name}"`;
  if (type !== 'timestamp with time zone') return `"${name}"::text`;
  return `to_char("${name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
