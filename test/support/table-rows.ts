/** All rows of all tables of ours, to hold a database against what it was or against another one. */
import type { DataSource } from 'typeorm';

/** By table: each row as its columns' texts. */
export type TableRows = Map<string, Record<string, string | null>[]>;

/** Row by row in one order, whatever order the server finds them in; `bytea` and numbers keep every digit. */
export async function rowsOf(dataSource: DataSource): Promise<TableRows> {
  const columns = await dataSource.query<{ table: string; column: string }[]>(
    `SELECT c.relname AS "table", a.attname AS "column"
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> 'migration'
        AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY c.relname, a.attname`,
  );
  const rows: TableRows = new Map();
  for (const table of new Set(columns.map((one) => one.table))) {
    const own = columns.filter((one) => one.table === table).map(({ column }) => column);
    const list = own.map((column) => `"${column}"::text AS "${column}"`).join(', ');
    const order = own.map((column) => `"${column}"::text COLLATE "C"`).join(', ');
    rows.set(
      table,
      await dataSource.query<Record<string, string | null>[]>(
        `SELECT ${list} FROM "${table}" ORDER BY ${order}`,
      ),
    );
  }
  return rows;
}

/** What both have: tables that both know, with the columns that both know. */
export function shared(rows: TableRows, other: TableRows): TableRows {
  const kept: TableRows = new Map();
  for (const [table, own] of rows) {
    const others = other.get(table);
    if (!others) continue;
    const [sample] = others;
    const known = new Set(Object.keys(sample ?? own[0] ?? {}));
    const cut = own.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => known.has(column))),
    );
    kept.set(table, cut.sort(byText));
  }
  return kept;
}

function byText(a: object, b: object): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
