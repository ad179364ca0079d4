/** Programs and databases of different versions: who works with whom, and what is said where they don't. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../../migrations';
import type { OpenDatabaseOptions } from '../../../src/database/data-source';
import { migrate, ranMigrations, revertLast } from '../../../src/database/migrate';
import {
  oldestProgram,
  requireProgram,
  SCHEMA_VERSION,
} from '../../../src/database/schema-version';
import { checkMigrations, checkQueue } from '../../../src/doctor/database-check';
import { WorkerRegistry } from '../../../src/evaluations/worker-registry';
import { writeLayersModel } from '../../support/layers-models';
import {
  connectTo,
  openTestDatabase,
  type OpenTestDatabase,
} from '../../support/open-test-database';
import { startTestService } from '../../support/test-service';

const NEXT = SCHEMA_VERSION + 1;

/** As the next version would add something. */
class AddSomething9000000000000 implements MigrationInterface {
  readonly name = 'AddSomething9000000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "evaluation_run" ADD COLUMN "something" text`);
    await runner.query(`ALTER TABLE "worker" ADD COLUMN "more" integer NOT NULL DEFAULT 3`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "worker" DROP COLUMN "more"`);
    await runner.query(`ALTER TABLE "evaluation_run" DROP COLUMN "something"`);
  }
}

/** As the version after it would take away what this one still uses. */
class DropNotes9000000000001 implements MigrationInterface {
  readonly name = 'DropNotes9000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await requireProgram(runner, NEXT);
    await runner.query(`ALTER TABLE "checkpoint" DROP COLUMN "notes"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "checkpoint" ADD COLUMN "notes" text NOT NULL DEFAULT ''`);
    await requireProgram(runner, 1);
  }
}

const EXPANDED = [...MIGRATIONS, AddSomething9000000000000];
const CONTRACTED = [...EXPANDED, DropNotes9000000000001];

let database: OpenTestDatabase;
let newer: DataSource;

beforeEach(async () => {
  database = await openTestDatabase();
});

afterEach(async () => {
  await newer.destroy();
  await database.end();
});

async function migrateBy(migrations: OpenDatabaseOptions['migrations']): Promise<string[]> {
  newer = await connectTo(database.url, { migrations });
  return migrate(newer);
}

it('a database that the next version has added to is worked with, under way and from the start', async () => {
  const service = await startTestService({ databaseUrl: database.url });
  try {
    const { client } = service;
    const datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
    const folder = await writeLayersModel(path.join(service.root, 'net'));
    const checkpointId = await client.register(folder);
    const input = { checkpointId, datasetId };
    const evaluate = async () =>
      (await client.settled((await client.runEvaluation(input)).id)).state;
    expect(await evaluate()).toBe('SUCCEEDED');
    expect(await migrateBy(EXPANDED)).toEqual(['AddSomething9000000000000']);
    expect(await evaluate()).toBe('SUCCEEDED');
  } finally {
    await service.end();
  }

  const before = await ranMigrations(database.dataSource);
  expect(await migrate(database.dataSource)).toEqual([]);
  expect(await ranMigrations(database.dataSource)).toEqual(before);
  const found = await checkMigrations(database.dataSource);
  expect(found.state).toBe('warning');
  expect(found.message).toContain('AddSomething9000000000000');
  expect((await checkQueue(database.dataSource)).state).toBe('ok');
});

it('a database that has lost what a program needs turns it away, and says what to do', async () => {
  expect(await migrateBy(CONTRACTED)).toHaveLength(2);
  expect(await oldestProgram(database.dataSource)).toBe(NEXT);
  const refusal = { code: 'DATABASE_TOO_NEW', details: { needed: NEXT, own: SCHEMA_VERSION } };
  await expect(migrate(database.dataSource)).rejects.toMatchObject(refusal);
  await expect(checkMigrations(database.dataSource)).rejects.toMatchObject(refusal);
  await expect(startTestService({ databaseUrl: database.url })).rejects.toMatchObject(refusal);

  // Taken back by the version that made it, it serves the older one again.
  expect(await revertLast(newer)).toEqual(['DropNotes9000000000001']);
  expect(await migrate(database.dataSource)).toEqual([]);
});

it('nothing is taken away from workers that live and need it', async () => {
  const worker = { id: randomUUID(), engines: ['onnx' as const], concurrency: 1 };
  const registry = new WorkerRegistry(database.dataSource);
  await registry.beat(worker);
  expect((await registry.alive())[0]?.version).toMatch(/^\d+\.\d+\.\d+/);
  await expect(migrateBy(CONTRACTED)).rejects.toMatchObject({
    code: 'MIGRATION_WORKERS_TOO_OLD',
    message: expect.stringContaining(String(process.pid)) as string,
  });
  const ran = await ranMigrations(newer);
  expect(ran.at(-1)).toBe('AddSomething9000000000000');
  expect(await oldestProgram(newer)).toBe(1);

  await registry.leave(worker.id);
  expect(await migrate(newer)).toEqual(['DropNotes9000000000001']);
});

it('a migration of a newer version is not taken back by one that does not know it', async () => {
  await migrateBy(EXPANDED);
  await expect(revertLast(database.dataSource)).rejects.toMatchObject({
    code: 'MIGRATION_UNKNOWN',
    message: expect.stringContaining('AddSomething9000000000000') as string,
  });
  expect((await ranMigrations(database.dataSource)).at(-1)).toBe('AddSomething9000000000000');
});
