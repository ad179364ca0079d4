/** Who may call the service from elsewhere: tokens by their hashes, never the tokens. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApiTokens1795700000000 implements MigrationInterface {
  readonly name = 'CreateApiTokens1795700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "api_token" (
        "id"           uuid NOT NULL,
        "name"         varchar(100) NOT NULL,
        "token_hash"   varchar(64) NOT NULL,
        "role"         varchar(16) NOT NULL,
        "created_at"   timestamptz NOT NULL,
        "expires_at"   timestamptz,
        "revoked_at"   timestamptz,
        "last_used_at" timestamptz,
        CONSTRAINT "api_token_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "api_token_role_check" CHECK (role IN ('viewer', 'runner', 'worker', 'admin'))
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX "api_token_token_hash_idx" ON "api_token" ("token_hash")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "api_token"`);
  }
}
