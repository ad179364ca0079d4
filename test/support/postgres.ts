/**
 * Databases for tests: each test file gets fresh ones on a real PostgreSQL. That is one embedded server a
 * jest run, or the server named in ASSAY_TEST_DATABASE_URL (its user must be allowed to make databases).
 */
import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';

export interface TestDatabase {
  readonly url: string;
  /** Ends whatever is still connected and removes the database. */
  drop(): Promise<void>;
}

interface TestServer {
  url: string;
  leave(): Promise<void>;
}

/**
 * @param options.template a database to clone (nobody may be connected to it); without it, an empty one
 */
export async function createTestDatabase(
  options: { template?: string } = {},
): Promise<TestDatabase> {
  const server = await joinServer();
  const name = `assay_test_${randomBytes(6).toString('hex')}`;
  const template = escapeIdentifier(options.template ?? 'template0');
  await query(server.url, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await query(
        server.url,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
        [name],
      );
      await query(server.url, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)}`);
      await server.leave();
    },
  };
}

/** Starting and stopping cost 50 ms each, so the server runs only while some file uses it. */
async function joinServer(): Promise<TestServer> {
  const given = process.env['ASSAY_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, leave: () => Promise.resolve() };
  const dataDir = process.env['ASSAY_TEST_POSTGRES_DIR'];
  if (dataDir === undefined) {
    throw new Error(
      'No PostgreSQL for tests: jest must run with globalSetup test/support/global-setup.ts, ' +
        'or set ASSAY_TEST_DATABASE_URL',
    );
  }
  const server = await startEmbeddedPostgres({ dataDir, database: 'postgres' });
  const { host, port, user, password, database } = server.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  // Nothing here outlives the run; making and dropping a database waits for the disk otherwise.
  await query(url, 'ALTER SYSTEM SET fsync = off');
  await query(url, 'SELECT pg_reload_conf()');
  return { url, leave: () => server.stop() };
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}
