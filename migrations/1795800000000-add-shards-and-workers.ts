/** Runs are cut into shards that workers take from a queue; keys make a request safe to repeat. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddShardsAndWorkers1795800000000 implements MigrationInterface {
  readonly name = 'AddShardsAndWorkers1795800000000';

  async up(runner: QueryRunner): Promise<void> {
    await createShards(runner);
    await cutOpenRuns(runner);
    await createRequests(runner);
    await createWorkers(runner);
    await runner.query(`ALTER TABLE "evaluation_run" DROP COLUMN "worker_id"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "worker"`);
    await runner.query(`DROP TABLE "evaluation_request"`);
    await runner.query(`DROP TABLE "evaluation_shard"`);
    await beginAgain(runner);
    await runner.query(`ALTER TABLE "evaluation_run" ADD COLUMN "worker_id" uuid`);
    // Nobody's: the next process that starts takes the open ones over.
    await runner.query(`UPDATE "evaluation_run" SET "worker_id" = "id"`);
    await runner.query(`ALTER TABLE "evaluation_run" ALTER COLUMN "worker_id" SET NOT NULL`);
  }
}

async function createShards(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "evaluation_shard" (
      "run_id"           uuid NOT NULL,
      "shard"            integer NOT NULL,
      "first_sample"     bigint NOT NULL,
      "sample_count"     integer NOT NULL,
      "state"            varchar(16) NOT NULL,
      "attempt"          integer NOT NULL DEFAULT 0,
      "job_id"           uuid NOT NULL,
      "worker_id"        uuid,
      "samples_done"     integer NOT NULL DEFAULT 0,
      "failure_code"     text,
      "failure_message"  text,
      "confusion_matrix" integer[],
      "loss_sum"         double precision,
      "backend"          varchar(32),
      "backend_version"  varchar(64),
      "load_ms"          double precision,
      "inference_ms"     double precision,
      "queued_at"        timestamptz NOT NULL DEFAULT now(),
      "started_at"       timestamptz,
      "finished_at"      timestamptz,
      CONSTRAINT "evaluation_shard_pkey" PRIMARY KEY ("run_id", "shard"),
      CONSTRAINT "evaluation_shard_run_id_fkey"
        FOREIGN KEY ("run_id") REFERENCES "evaluation_run" ("id"),
      CONSTRAINT "evaluation_shard_state_check"
        CHECK (state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'))
    )`);
  await runner.query(
    `CREATE INDEX "evaluation_shard_open_idx" ON "evaluation_shard" ("state")
       WHERE state IN ('QUEUED', 'RUNNING')`,
  );
}

/** Runs that wait or were under way are done from their beginning: the sweep makes jobs for these shards. */
async function cutOpenRuns(runner: QueryRunner): Promise<void> {
  await runner.query(`
    INSERT INTO "evaluation_shard" ("run_id", "shard", "first_sample", "sample_count", "state", "job_id")
    SELECT r."id", part.i, part.i * 10000, LEAST(10000, r."samples_total" - part.i * 10000), 'QUEUED',
           gen_random_uuid()
      FROM "evaluation_run" r, generate_series(0, (r."samples_total" - 1) / 10000) AS part(i)
     WHERE r."state" IN ('QUEUED', 'RUNNING')`);
  await runner.query(
    `UPDATE "evaluation_run" SET "state" = 'QUEUED', "samples_done" = 0, "started_at" = NULL
      WHERE "state" IN ('QUEUED', 'RUNNING')`,
  );
}

async function createRequests(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "evaluation_request" (
      "idempotency_key" varchar(200) NOT NULL,
      "input_digest"    varchar(64) NOT NULL,
      "run_id"          uuid NOT NULL,
      "created_at"      timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT "evaluation_request_pkey" PRIMARY KEY ("idempotency_key"),
      CONSTRAINT "evaluation_request_run_id_fkey"
        FOREIGN KEY ("run_id") REFERENCES "evaluation_run" ("id")
    )`);
}

async function createWorkers(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE "worker" (
      "id"           uuid NOT NULL,
      "host"         text NOT NULL,
      "pid"          integer NOT NULL,
      "engines"      text[] NOT NULL,
      "concurrency"  integer NOT NULL,
      "started_at"   timestamptz NOT NULL DEFAULT now(),
      "heartbeat_at" timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT "worker_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "worker_concurrency_check" CHECK (concurrency > 0)
    )`);
}

/** The older schema knows whole runs only, so what a part of one has found goes. */
async function beginAgain(runner: QueryRunner): Promise<void> {
  await runner.query(
    `DELETE FROM "prediction_block" b USING "evaluation_run" r
      WHERE r."id" = b."run_id" AND r."state" <> 'SUCCEEDED'`,
  );
  await runner.query(
    `UPDATE "evaluation_run" SET "state" = 'QUEUED', "samples_done" = 0, "started_at" = NULL
      WHERE "state" IN ('QUEUED', 'RUNNING')`,
  );
}
