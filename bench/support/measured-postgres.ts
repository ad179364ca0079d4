/** The embedded PostgreSQL with room for many connections, and with its own statistics of statements. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseConnection } from '../../src/database/data-source';
import { chooseAccount } from '../../src/database/embedded/account';
import { locateBinaries } from '../../src/database/embedded/binaries';
import { clusterPath } from '../../src/database/embedded/cluster-path';
import { openHome, readPassword } from '../../src/database/embedded/home';
import { createCluster, SUPERUSER } from '../../src/database/embedded/initdb';
import { CLEAN_ENVIRONMENT } from '../../src/database/embedded/run-program';
import { serverSettings } from '../../src/database/embedded/server-settings';
import { cpuMsOf } from './processor-time';

const START_MS = 60_000;

export class MeasuredPostgres {
  private constructor(
    readonly connection: DatabaseConnection,
    private readonly child: ChildProcess,
  ) {}

  /**
   * A new cluster with the settings that Assay gives its own, but for those named here.
   *
   * @param port a free one
   */
  static async start(
    dataDir: string,
    port: number,
    maxConnections: number,
  ): Promise<MeasuredPostgres> {
    const home = await openHome(dataDir);
    const account = await chooseAccount(home);
    const binaries = await locateBinaries(account, home);
    await createCluster(home, binaries, account);
    const child = spawn(
      binaries.postgres,
      [
        ...['-D', await clusterPath(home.cluster, account), ...serverSettings(port, 'assay-bench')],
        // The last word counts.
        `--max_connections=${maxConnections}`,
        '--shared_preload_libraries=pg_stat_statements',
        '--pg_stat_statements.track=top',
      ],
      {
        ...account,
        cwd: home.cluster,
        env: CLEAN_ENVIRONMENT,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child.stderr.pipe(createWriteStream(path.join(dataDir, 'bench.log')));
    const login = { host: '127.0.0.1', port, user: SUPERUSER, password: await readPassword(home) };
    const server = new MeasuredPostgres({ ...login, database: 'assay' }, child);
    try {
      await untilReady(child, { ...login, database: 'postgres' });
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Of the postmaster, whose children serve the connections. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGINT');
    await closed;
  }
}

async function untilReady(child: ChildProcess, login: DatabaseConnection): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const client = new Client(login);
    try {
      await client.connect();
      await client.query('CREATE DATABASE assay');
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw error;
      await sleep(100);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Milliseconds of processor time of the server: its processes, and those that have ended. */
export async function serverCpuMs(postmaster: number): Promise<number> {
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  const times = children
    .trim()
    .split(' ')
    // One may have ended since.
    .map((pid) => cpuMsOf(Number(pid)).catch(() => 0));
  const all = await Promise.all([cpuMsOf(postmaster, { withEnded: true }), ...times]);
  return all.reduce((sum, ms) => sum + ms, 0);
}
