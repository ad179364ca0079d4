/**
 * What migrations say to PostgreSQL, as Greenplum 7 takes it.
 *
 * There each table says how its rows are spread, and a unique key must hold the columns that they are spread by
 * (`UNIQUE index must contain all columns in the table's distribution key`), unless each machine has all rows
 * (DISTRIBUTED REPLICATED). Foreign keys are kept in the catalogue and not enforced, with a warning; triggers of
 * users are not supported. Greenplum's reference has both under CREATE TABLE and CREATE TRIGGER.
 */

/** The large tables and the column whose rows stay together; all others are small, and replicated. */
export const DISTRIBUTED_BY: Readonly<Record<string, string>> = {
  evaluation_result: 'run_id',
  prediction_block: 'run_id',
};

/** TypeORM's own table draws its key from a sequence, which a replicated table can't. */
const MIGRATION_TABLE = 'migration';

const CREATE_TABLE = /^\s*CREATE TABLE (?:IF NOT EXISTS )?"(\w+)" \(/;
const TRIGGER = /^\s*(?:(?:CREATE|DROP) TRIGGER|ALTER TABLE "\w+" (?:DISABLE|ENABLE) TRIGGER)\b/;

/** @returns nothing where Greenplum has nothing of the kind */
export function greenplumSql(statement: string): string | undefined {
  if (TRIGGER.test(statement)) return undefined;
  const [, table] = CREATE_TABLE.exec(statement) ?? [];
  if (table === undefined || table === MIGRATION_TABLE) return statement;
  const column = DISTRIBUTED_BY[table];
  const clause = column === undefined ? 'DISTRIBUTED REPLICATED' : `DISTRIBUTED BY ("${column}")`;
  return `${statement.trimEnd()} ${clause}`;
}
