/**
 * Results and prediction blocks are spread over the machines of a Citus cluster by run. Nothing changes on
 * PostgreSQL; on Greenplum the tables were made so (src/database/greenplum-sql.ts).
 *
 * Citus' reference, under "Creating and Modifying Distributed Objects": unique keys and foreign keys between spread
 * tables hold the column that rows are spread by; a spread table may refer to a reference table, of which each
 * machine has a copy; foreign keys are best taken away before and put back after. It has no triggers on such tables.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { serverKindOf } from '../src/database/server-kind';

const SPREAD = ['evaluation_result', 'prediction_block'];

const IMMUTABLE = `CREATE TRIGGER "evaluation_result_refuse_update" BEFORE UPDATE ON "evaluation_result"
  FOR EACH ROW EXECUTE FUNCTION "refuse_update"()`;

export interface ForeignKey {
  table: string;
  name: string;
  /** As pg_get_constraintdef writes it. */
  definition: string;
  target: string;
}

export class DistributeByRun1796300000000 implements MigrationInterface {
  readonly name = 'DistributeByRun1796300000000';

  async up(runner: QueryRunner): Promise<void> {
    if ((await serverKindOf(runner)) === 'citus') await distribute(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    if ((await serverKindOf(runner)) === 'citus') await undistribute(runner);
  }
}

export async function distribute(runner: QueryRunner): Promise<void> {
  for (const statement of distributing(await foreignKeysOf(runner))) await runner.query(statement);
}

export async function undistribute(runner: QueryRunner): Promise<void> {
  for (const statement of undistributing(await foreignKeysOf(runner))) {
    await runner.query(statement);
  }
}

export function distributing(keys: readonly ForeignKey[]): string[] {
  return [
    // A transaction that has touched reference tables may not go on by several connections at a time.
    `SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`,
    `DROP TRIGGER "evaluation_result_refuse_update" ON "evaluation_result"`,
    ...withoutKeys(keys, [
      ...referencesOf(keys).map((table) => `SELECT create_reference_table('${table}')`),
      ...SPREAD.map(
        (table) =>
          `SELECT create_distributed_table('${table}', 'run_id'${table === SPREAD[0] ? '' : `, colocate_with => '${SPREAD[0]}'`})`,
      ),
    ]),
  ];
}

export function undistributing(keys: readonly ForeignKey[]): string[] {
  return [
    `SET LOCAL citus.multi_shard_modify_mode TO 'sequential'`,
    ...withoutKeys(
      keys,
      [...SPREAD, ...referencesOf(keys)].map((table) => `SELECT undistribute_table('${table}')`),
    ),
    IMMUTABLE,
  ];
}

/** All that a foreign key leads from or to and that is not spread itself. */
function referencesOf(keys: readonly ForeignKey[]): string[] {
  const tables = new Set(keys.flatMap(({ table, target }) => [target, table]));
  return [...tables].filter((table) => !SPREAD.includes(table)).sort();
}

/** Citus takes one constraint a statement. */
function withoutKeys(keys: readonly ForeignKey[], statements: string[]): string[] {
  return [
    ...keys.map(({ table, name }) => `ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`),
    ...statements,
    ...keys.map(
      ({ table, name, definition }) =>
        `ALTER TABLE "${table}" ADD CONSTRAINT "${name}" ${definition}`,
    ),
  ];
}

function foreignKeysOf(runner: QueryRunner): Promise<ForeignKey[]> {
  return runner.query(
    `SELECT c.relname AS "table", k.conname AS name, pg_get_constraintdef(k.oid) AS definition,
            t.relname AS target
       FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid
       JOIN pg_class t ON t.oid = k.confrelid
      WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace
      ORDER BY c.relname, k.conname`,
  ) as Promise<ForeignKey[]>;
}
