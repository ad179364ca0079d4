/** Runs know the trace they belong to, workers their version, and the database the oldest program it is fit for. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { requireProgram } from '../src/database/schema-version';

export class AddTracesAndVersions1796130000000 implements MigrationInterface {
  readonly name = 'AddTracesAndVersions1796130000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "evaluation_run" ADD COLUMN "traceparent" varchar(55)`);
    // Workers of before do not say it: they are of the first version.
    await runner.query(
      `ALTER TABLE "worker"
         ADD COLUMN "version" text,
         ADD COLUMN "schema_version" integer NOT NULL DEFAULT 1`,
    );
    await runner.query(`
      CREATE TABLE "schema_requirement" (
        "oldest_program" integer NOT NULL,
        CONSTRAINT "schema_requirement_pkey" PRIMARY KEY ("oldest_program")
      )`);
    await requireProgram(runner, 1);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "schema_requirement"`);
    await runner.query(`ALTER TABLE "worker" DROP COLUMN "schema_version", DROP COLUMN "version"`);
    await runner.query(`ALTER TABLE "evaluation_run" DROP COLUMN "traceparent"`);
  }
}
