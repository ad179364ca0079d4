/**
 * What a checkpoint was made from. The key leads from a replicated table to itself: Greenplum keeps it unenforced, and
 * Citus takes it between reference tables, one constraint a statement.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddCheckpointParent1796400000000 implements MigrationInterface {
  readonly name = 'AddCheckpointParent1796400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "checkpoint" ADD COLUMN "parent_id" uuid`);
    await runner.query(
      `ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_parent_id_fkey"
         FOREIGN KEY ("parent_id") REFERENCES "checkpoint"("id")`,
    );
    await runner.query(`CREATE INDEX "checkpoint_parent_id_idx" ON "checkpoint" ("parent_id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "checkpoint_parent_id_idx"`);
    await runner.query(`ALTER TABLE "checkpoint" DROP CONSTRAINT "checkpoint_parent_id_fkey"`);
    await runner.query(`ALTER TABLE "checkpoint" DROP COLUMN "parent_id"`);
  }
}
