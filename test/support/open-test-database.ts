/** A data source on a fresh database, with or without the schema, closed and dropped together. */
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { openDatabase, type OpenDatabaseOptions } from '../../src/database/data-source';
import { migrate } from '../../src/database/migrate';
import { ENTITIES } from '../../src/entities';
import { createTestDatabase } from './postgres';

export interface OpenTestDatabase {
  dataSource: DataSource;
  url: string;
  end(): Promise<void>;
}

export async function openTestDatabase(
  options: { migrated?: boolean } = {},
): Promise<OpenTestDatabase> {
  const database = await createTestDatabase();
  const dataSource = await connectTo(database.url);
  if (options.migrated ?? true) await migrate(dataSource);
  return {
    dataSource,
    url: database.url,
    end: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/**
 * One more process's view of the database.
 *
 * @param program what it knows, where that is not what this version does
 */
export function connectTo(
  url: string,
  program: Partial<Pick<OpenDatabaseOptions, 'migrations'>> = {},
): Promise<DataSource> {
  const { migrations = MIGRATIONS } = program;
  return openDatabase({ target: { url }, entities: ENTITIES, migrations, poolSize: 4 });
}
