/** The tables of checkpoints, datasets, runs, results and predictions. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEvaluationTables1795500000000 implements MigrationInterface {
  readonly name = 'CreateEvaluationTables1795500000000';

  async up(runner: QueryRunner): Promise<void> {
    await createCheckpoint(runner);
    await createDataset(runner);
    await createEvaluationRun(runner);
    await createEvaluationResult(runner);
    await refuseChangedResults(runner);
    await createPredictionBlock(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "prediction_block"`);
    await runner.query(`DROP TABLE "evaluation_result"`);
    await runner.query(`DROP FUNCTION "refuse_update"()`);
    await runner.query(`DROP TABLE "evaluation_run"`);
    await runner.query(`DROP TABLE "dataset"`);
    await runner.query(`DROP TABLE "checkpoint"`);
  }
}

async function createCheckpoint(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "checkpoint" (
      "id"              uuid NOT NULL,
      "name"            text NOT NULL,
      "digest"          varchar(64) NOT NULL,
      "format"          varchar(32) NOT NULL,
      "architecture"    text NOT NULL,
      "input_height"    integer NOT NULL,
      "input_width"     integer NOT NULL,
      "input_channels"  integer NOT NULL,
      "class_count"     integer NOT NULL,
      "parameter_count" bigint NOT NULL,
      "size_bytes"      bigint NOT NULL,
      "metadata"        jsonb NOT NULL DEFAULT '{}',
      "created_at"      timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("id")
    )`);
  await runner.query(`CREATE UNIQUE INDEX "checkpoint_digest_idx" ON "checkpoint" ("digest")`);
}

async function createDataset(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "dataset" (
      "id"             uuid NOT NULL,
      "name"           text NOT NULL,
      "digest"         varchar(64) NOT NULL,
      "class_names"    text[] NOT NULL,
      "image_height"   integer NOT NULL,
      "image_width"    integer NOT NULL,
      "image_channels" integer NOT NULL,
      "splits"         jsonb NOT NULL,
      "created_at"     timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
    )`);
  await runner.query(
    `CREATE UNIQUE INDEX "dataset_name_digest_idx" ON "dataset" ("name", "digest")`,
  );
}

async function createEvaluationRun(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "evaluation_run" (
      "id"              uuid NOT NULL,
      "checkpoint_id"   uuid NOT NULL,
      "dataset_id"      uuid NOT NULL,
      "split"           text NOT NULL,
      "engine"          varchar(16) NOT NULL,
      "batch_size"      integer NOT NULL,
      "state"           varchar(16) NOT NULL,
      "attempt"         integer NOT NULL DEFAULT 0,
      "worker_id"       uuid NOT NULL,
      "samples_total"   bigint NOT NULL,
      "samples_done"    bigint NOT NULL DEFAULT 0,
      "failure_code"    text,
      "failure_message" text,
      "created_at"      timestamptz NOT NULL DEFAULT now(),
      "started_at"      timestamptz,
      "finished_at"     timestamptz,
      CONSTRAINT "evaluation_run_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "evaluation_run_checkpoint_id_fkey"
        FOREIGN KEY ("checkpoint_id") REFERENCES "checkpoint" ("id"),
      CONSTRAINT "evaluation_run_dataset_id_fkey"
        FOREIGN KEY ("dataset_id") REFERENCES "dataset" ("id"),
      CONSTRAINT "evaluation_run_state_check"
        CHECK (state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'))
    )`);
  await runner.query(
    `CREATE INDEX "evaluation_run_created_at_idx" ON "evaluation_run" ("created_at")`,
  );
  await runner.query(`CREATE INDEX "evaluation_run_state_idx" ON "evaluation_run" ("state")`);
}

async function createEvaluationResult(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "evaluation_result" (
      "run_id"             uuid NOT NULL,
      "checkpoint_id"      uuid NOT NULL,
      "dataset_id"         uuid NOT NULL,
      "checkpoint_digest"  varchar(64) NOT NULL,
      "data_digest"        varchar(64) NOT NULL,
      "split"              text NOT NULL,
      "engine"             varchar(16) NOT NULL,
      "backend"            varchar(32) NOT NULL,
      "backend_version"    varchar(64) NOT NULL,
      "sample_count"       bigint NOT NULL,
      "class_count"        integer NOT NULL,
      "loss"               double precision NOT NULL,
      "accuracy"           double precision NOT NULL,
      "balanced_accuracy"  double precision NOT NULL,
      "macro_precision"    double precision NOT NULL,
      "macro_recall"       double precision NOT NULL,
      "macro_f1"           double precision NOT NULL,
      "micro_f1"           double precision NOT NULL,
      "weighted_precision" double precision NOT NULL,
      "weighted_recall"    double precision NOT NULL,
      "weighted_f1"        double precision NOT NULL,
      "loss_sum"           double precision NOT NULL,
      "confusion_matrix"   integer[] NOT NULL,
      "load_ms"            double precision NOT NULL,
      "inference_ms"       double precision NOT NULL,
      "total_ms"           double precision NOT NULL,
      "created_at"         timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT "evaluation_result_pkey" PRIMARY KEY ("run_id"),
      CONSTRAINT "evaluation_result_run_id_fkey"
        FOREIGN KEY ("run_id") REFERENCES "evaluation_run" ("id"),
      CONSTRAINT "evaluation_result_checkpoint_id_fkey"
        FOREIGN KEY ("checkpoint_id") REFERENCES "checkpoint" ("id"),
      CONSTRAINT "evaluation_result_dataset_id_fkey"
        FOREIGN KEY ("dataset_id") REFERENCES "dataset" ("id")
    )`);
  await runner.query(
    `CREATE INDEX "evaluation_result_created_at_idx" ON "evaluation_result" ("created_at")`,
  );
  await runner.query(
    `CREATE INDEX "evaluation_result_checkpoint_id_created_at_idx"
       ON "evaluation_result" ("checkpoint_id", "created_at")`,
  );
  await runner.query(
    `CREATE INDEX "evaluation_result_dataset_id_split_accuracy_idx"
       ON "evaluation_result" ("dataset_id", "split", "accuracy")`,
  );
  await runner.query(
    `CREATE INDEX "evaluation_result_dataset_id_split_macro_f1_idx"
       ON "evaluation_result" ("dataset_id", "split", "macro_f1")`,
  );
}

/** A result is written once: whoever tries to change one hears so from the database itself. */
async function refuseChangedResults(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION "refuse_update"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
    END $$`);
  await runner.query(`
    CREATE TRIGGER "evaluation_result_refuse_update" BEFORE UPDATE ON "evaluation_result"
      FOR EACH ROW EXECUTE FUNCTION "refuse_update"()`);
}

async function createPredictionBlock(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "prediction_block" (
      "run_id"       uuid NOT NULL,
      "shard"        integer NOT NULL,
      "first_sample" bigint NOT NULL,
      "sample_count" integer NOT NULL,
      "class_count"  integer NOT NULL,
      "logits"       bytea NOT NULL,
      "loss_sum"     double precision NOT NULL,
      CONSTRAINT "prediction_block_pkey" PRIMARY KEY ("run_id", "shard"),
      CONSTRAINT "prediction_block_run_id_fkey"
        FOREIGN KEY ("run_id") REFERENCES "evaluation_run" ("id")
    )`);
}
