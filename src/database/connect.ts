/** Opens the database that the configuration names, or the embedded PostgreSQL where it names none. */
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { readDatabaseCredentials, resolveVaultPassword } from '../config/credentials';
import type { LoadedConfig } from '../config/load-config';
import { withTerminal } from '../config/terminal';
import { type DatabaseTarget, openDatabase, type OpenDatabaseOptions } from './data-source';
import { startEmbeddedPostgres } from './embedded/embedded-postgres';
import { poolOf } from './sql';

export interface ConnectedDatabase {
  dataSource: DataSource;
  embedded: boolean;
  /** Closes the connections; the embedded server stops with its last user. */
  close(): Promise<void>;
}

type Schema = Pick<OpenDatabaseOptions, 'entities' | 'migrations'>;

/**
 * An embedded server that dies is started again for as long as the connection is open.
 *
 * @param onTrouble told when that happens, and when it does not succeed, a sentence each
 * @throws as `openDatabase`, the credentials reader and the embedded PostgreSQL say
 */
export async function connectDatabase(
  loaded: LoadedConfig,
  schema: Schema,
  onTrouble: (message: string) => void = () => undefined,
): Promise<ConnectedDatabase> {
  const { poolSize } = loaded.config.database;
  const target = await configuredTarget(loaded);
  if (target) {
    const dataSource = await openDatabase({ target, poolSize, ...schema });
    return { dataSource, embedded: false, close: () => dataSource.destroy() };
  }
  let dataSource: DataSource | undefined;
  const server = await startEmbeddedPostgres({
    dataDir: path.join(dataFolder(loaded), 'postgres'),
    keepUp: {
      // Connections that the pool opens from now on go there.
      onRestart: (port) => {
        if (dataSource) poolOf(dataSource).options.port = port;
      },
      onTrouble,
    },
  });
  try {
    const opened = await openDatabase({ target: server.connection, poolSize, ...schema });
    dataSource = opened;
    return {
      dataSource: opened,
      embedded: true,
      close: async () => {
        await opened.destroy();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Where databases, datasets and checkpoints of this installation lie. */
export function dataFolder({ config, folder }: LoadedConfig): string {
  return path.resolve(folder, config.dataPath);
}

async function configuredTarget(loaded: LoadedConfig): Promise<DatabaseTarget | undefined> {
  if (loaded.databaseUrl) return { url: loaded.databaseUrl };
  const { credentials } = loaded.config.database;
  if (credentials === null) return undefined;
  return readDatabaseCredentials({
    file: path.resolve(loaded.folder, credentials),
    vaultPassword: await withTerminal((terminal) => resolveVaultPassword(process.env, terminal)),
  });
}
