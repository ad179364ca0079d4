/** The whole service in this process: real HTTP on a free port, a database and folders of its own. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type App, startApp } from '../../src/app';
import { AppConfig } from '../../src/config/config';
import type { LoadedConfig } from '../../src/config/load-config';
import { GraphQLClient } from './graphql-client';
import { createTestDatabase, type TestDatabase } from './postgres';
import { temporaryFolder } from './temporary-folder';

export interface TestService {
  app: App;
  client: GraphQLClient;
  database: TestDatabase;
  /** The only checkpoint root. */
  root: string;
  /** Where the service keeps the bytes of checkpoints, by digest. */
  store: string;
  loaded: LoadedConfig;
  /** Stops the service, which may have been stopped, and removes its database. */
  end(): Promise<void>;
}

export interface TestServiceOptions {
  dataMirror?: string | undefined;
  configure?: (config: AppConfig) => unknown;
  /** On the database, before the service starts. */
  prepare?: (databaseUrl: string) => Promise<void>;
  /** A database that goes on living, instead of one of its own. */
  databaseUrl?: string;
  /** Whether the service evaluates itself; it does unless this is false. */
  worker?: boolean;
}

export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const folder = await temporaryFolder();
  const root = path.join(folder, 'models');
  await mkdir(root);
  const { databaseUrl } = options;
  const database = databaseUrl
    ? { url: databaseUrl, drop: () => Promise.resolve() }
    : await createTestDatabase();
  const config = new AppConfig();
  config.server.port = 0;
  config.logLevel = 'silent';
  config.dataPath = path.join(folder, 'data');
  config.checkpointRoots = [root];
  options.configure?.(config);
  const loaded: LoadedConfig = {
    config,
    folder,
    dataMirror: options.dataMirror,
    databaseUrl: database.url,
  };
  try {
    await options.prepare?.(database.url);
    const app = await startApp(loaded, undefined, { worker: options.worker ?? true });
    return {
      app,
      client: new GraphQLClient(app.url),
      database,
      root,
      store: path.join(config.dataPath, 'checkpoints'),
      loaded,
      end: async () => {
        await app.stop();
        await database.drop();
      },
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}
