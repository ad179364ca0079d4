/** Tags, notes, deletion and aliases of checkpoints; preprocessing as a part of what was evaluated. */
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UserError } from '../src/errors';

export class AddAliasesAndPreprocessing1795600000000 implements MigrationInterface {
  readonly name = 'AddAliasesAndPreprocessing1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await annotateCheckpoints(runner);
    await giveCheckpointsPreprocessing(runner);
    await giveResultsPreprocessing(runner);
    await nameOutputsOfPredictions(runner);
    await createAliases(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseSharedDigests(runner);
    await runner.query(`DROP TABLE "checkpoint_alias"`);
    await runner.query(`ALTER TABLE "prediction_block" DROP COLUMN "kind"`);
    await runner.query(`ALTER TABLE "evaluation_result" DROP COLUMN "preprocessing"`);
    await runner.query(`DROP INDEX "checkpoint_digest_preprocessing_digest_idx"`);
    await runner.query(
      `ALTER TABLE "checkpoint"
         DROP COLUMN "preprocessing", DROP COLUMN "preprocessing_digest",
         DROP COLUMN "tags", DROP COLUMN "notes", DROP COLUMN "deleted_at"`,
    );
    await runner.query(`CREATE UNIQUE INDEX "checkpoint_digest_idx" ON "checkpoint" ("digest")`);
  }
}

async function annotateCheckpoints(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE "checkpoint"
      ADD COLUMN "tags" text[] NOT NULL DEFAULT '{}',
      ADD COLUMN "notes" text NOT NULL DEFAULT '',
      ADD COLUMN "deleted_at" timestamptz`);
}

/** Until now every pixel was divided by 255 and every output was a logit, so that is what the rows say. */
async function giveCheckpointsPreprocessing(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE "checkpoint"
      ADD COLUMN "preprocessing" jsonb,
      ADD COLUMN "preprocessing_digest" varchar(64)`);
  // The digest is of this very text: keys in the order of the alphabet, no white space.
  await runner.query(`
    UPDATE "checkpoint" c
       SET "preprocessing" = d.json::jsonb,
           "preprocessing_digest" = encode(sha256(convert_to(d.json, 'UTF8')), 'hex')
      FROM (SELECT "id",
                   format('{"channelOrder":"RGB","mean":[%s],"output":"logits",'
                          '"scale":0.00392156862745098,"std":[%s]}',
                          array_to_string(array_fill(0, ARRAY["input_channels"]), ','),
                          array_to_string(array_fill(1, ARRAY["input_channels"]), ',')) AS json
              FROM "checkpoint") d
     WHERE c."id" = d."id"`);
  await runner.query(`
    ALTER TABLE "checkpoint"
      ALTER COLUMN "preprocessing" SET NOT NULL,
      ALTER COLUMN "preprocessing_digest" SET NOT NULL`);
  await runner.query(`DROP INDEX "checkpoint_digest_idx"`);
  await runner.query(
    `CREATE UNIQUE INDEX "checkpoint_digest_preprocessing_digest_idx"
       ON "checkpoint" ("digest", "preprocessing_digest")`,
  );
}

async function giveResultsPreprocessing(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE "evaluation_result" ADD COLUMN "preprocessing" jsonb`);
  // Nothing that was found changes: the rows learn what had been left unsaid.
  await runner.query(
    `ALTER TABLE "evaluation_result" DISABLE TRIGGER "evaluation_result_refuse_update"`,
  );
  await runner.query(
    `UPDATE "evaluation_result" r SET "preprocessing" = c."preprocessing"
       FROM "checkpoint" c WHERE c."id" = r."checkpoint_id"`,
  );
  await runner.query(
    `ALTER TABLE "evaluation_result" ENABLE TRIGGER "evaluation_result_refuse_update"`,
  );
  await runner.query(`ALTER TABLE "evaluation_result" ALTER COLUMN "preprocessing" SET NOT NULL`);
}

async function nameOutputsOfPredictions(runner: QueryRunner): Promise<void> {
  await runner.query(
    `ALTER TABLE "prediction_block" ADD COLUMN "kind" varchar(16) NOT NULL DEFAULT 'logits'`,
  );
  await runner.query(`ALTER TABLE "prediction_block" ALTER COLUMN "kind" DROP DEFAULT`);
  await runner.query(
    `ALTER TABLE "prediction_block" ADD CONSTRAINT "prediction_block_kind_check"
       CHECK (kind IN ('logits', 'probabilities'))`,
  );
}

async function createAliases(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "checkpoint_alias" (
      "id"            uuid NOT NULL,
      "alias"         varchar(64) NOT NULL,
      "checkpoint_id" uuid NOT NULL,
      "assigned_at"   timestamptz NOT NULL,
      "ended_at"      timestamptz,
      CONSTRAINT "checkpoint_alias_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "checkpoint_alias_checkpoint_id_fkey"
        FOREIGN KEY ("checkpoint_id") REFERENCES "checkpoint" ("id")
    )`);
  await runner.query(
    `CREATE UNIQUE INDEX "checkpoint_alias_alias_idx" ON "checkpoint_alias" ("alias")
       WHERE ended_at IS NULL`,
  );
  await runner.query(
    `CREATE INDEX "checkpoint_alias_alias_assigned_at_idx"
       ON "checkpoint_alias" ("alias", "assigned_at")`,
  );
  await runner.query(
    `CREATE INDEX "checkpoint_alias_checkpoint_id_idx" ON "checkpoint_alias" ("checkpoint_id")`,
  );
}

/** One content under two preprocessings has no place in the older schema, and its results may not be lost. */
async function refuseSharedDigests(runner: QueryRunner): Promise<void> {
  const shared = (await runner.query(
    `SELECT 1 FROM "checkpoint" GROUP BY "digest" HAVING count(*) > 1 LIMIT 1`,
  )) as unknown[];
  if (shared.length === 0) return;
  throw new UserError(
    'MIGRATION_WOULD_LOSE_DATA',
    'a checkpoint is registered under several preprocessings, which the older schema can not hold; remove all but one of them first',
  );
}
