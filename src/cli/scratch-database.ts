/** A migrated database of its own for a check, gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { openDatabase } from '../database/data-source';
import { startEmbeddedPostgres } from '../database/embedded/embedded-postgres';
import { migrate } from '../database/migrate';
import { ENTITIES } from '../entities';
import { unbroken } from './interruptible';

export function withMigratedDatabase<T>(use: (database: DataSource) => Promise<T>): Promise<T> {
  return unbroken(() => onScratchServer(use));
}

async function onScratchServer<T>(use: (database: DataSource) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-schema-'));
  try {
    const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres') });
    try {
      const dataSource = await openDatabase({
        target: server.connection,
        entities: ENTITIES,
        migrations: MIGRATIONS,
      });
      try {
        await migrate(dataSource);
        return await use(dataSource);
      } finally {
        await dataSource.destroy();
      }
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SQL that would bring a migrated database to what the entities say; nothing where they agree. */
export async function driftOf(dataSource: DataSource): Promise<{ up: string[]; down: string[] }> {
  const log = await dataSource.driver.createSchemaBuilder().log();
  return {
    up: log.upQueries.map(({ query }) => query),
    down: log.downQueries.map(({ query }) => query).reverse(),
  };
}
