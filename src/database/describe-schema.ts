/** Writes the schema of a migrated database as sorted SQL: what `schema/database.sql` holds. */
import type { DataSource } from 'typeorm';

const HEADER = '-- Made by `npm run schema` from a migrated database. Do not edit.\n';

const COLUMNS = `
  SELECT c.relname AS "table", a.attname AS "column",
         format_type(a.atttypid, a.atttypmod) AS "type", a.attnotnull AS "notNull",
         pg_get_expr(d.adbin, d.adrelid) AS "default"
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.relkind IN ('r', 'p')
   ORDER BY c.relname, a.attnum`;

// NOT NULL constraints have rows of their own from PostgreSQL 18 on; the columns say them already.
const CONSTRAINTS = `
  SELECT c.relname AS "table", format('CONSTRAINT %s %s', k.conname, pg_get_constraintdef(k.oid)) AS line
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
   WHERE k.contype <> 'n'
   ORDER BY c.relname, k.conname`;

// gen_random_uuid is ours only where PostgreSQL has none (random-uuid.ts).
const STATEMENTS = `
  SELECT line FROM (
    SELECT 1 AS part, i.relname AS name, pg_get_indexdef(i.oid) AS line
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_namespace n ON n.oid = i.relnamespace AND n.nspname = current_schema()
     WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid)
    UNION ALL
    SELECT 2, p.proname, pg_get_functiondef(p.oid)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = current_schema()
     WHERE p.proname <> 'gen_random_uuid'
    UNION ALL
    SELECT 3, t.tgname, pg_get_triggerdef(t.oid)
      FROM pg_trigger t
      JOIN pg_class c ON c.oid = t.tgrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
     WHERE NOT t.tgisinternal
  ) statements ORDER BY part, name`;

interface ColumnRow {
  table: string;
  column: string;
  type: string;
  notNull: boolean;
  default: string | null;
}

/** Tables with columns and constraints, then indexes, functions and triggers, each part by name. */
export async function describeSchema(dataSource: DataSource): Promise<string> {
  const columns = await dataSource.query<ColumnRow[]>(COLUMNS);
  const constraints = await dataSource.query<{ table: string; line: string }[]>(CONSTRAINTS);
  const statements = await dataSource.query<{ line: string }[]>(STATEMENTS);
  const tables = [...new Set(columns.map((column) => column.table))].map((table) => {
    const lines = [
      ...columns.filter((column) => column.table === table).map(columnLine),
      ...constraints.filter((constraint) => constraint.table === table).map(({ line }) => line),
    ];
    return `CREATE TABLE ${table} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`;
  });
  const parts = [...tables, ...statements.map(({ line }) => line.trim())];
  return `${HEADER}\n${parts.join(';\n\n')};\n`;
}

function columnLine(column: ColumnRow): string {
  const defaultClause = column.default === null ? '' : ` DEFAULT ${column.default}`;
  return `${column.column} ${column.type}${column.notNull ? ' NOT NULL' : ''}${defaultClause}`;
}
