/** The database: whether it is reached, knows the same schema, has our time, and what waits in it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { ApiTokenService } from '../auth/api-token.service';
import type { LoadedConfig } from '../config/load-config';
import { type ConnectedDatabase, dataFolder } from '../database/connect';
import { hasCluster, openHome } from '../database/embedded/home';
import { pendingMigrations, ranMigrations, unknownMigrations } from '../database/migrate';
import { refuseNewerDatabase } from '../database/schema-version';
import { WorkerRegistry } from '../evaluations/worker-registry';
import { isLoopbackAddress } from '../http/host-check';
import { addressOf } from '../http/listen';
import { type Answer, ok, skipped, warning } from './finding';

/** Times of tokens and of workers are the database's; more than this confuses whoever reads logs beside it. */
const SKEW_SECONDS = 5;
/** A queue that grows this old is served by too few, or by nobody. */
const OLD_QUEUE_SECONDS = 600;

/** Whether there is an embedded database to be looked at: to look must not make one. */
export async function isNotMadeYet(loaded: LoadedConfig): Promise<boolean> {
  if (loaded.databaseUrl || loaded.config.database.credentials !== null) return false;
  const folder = path.join(dataFolder(loaded), 'postgres');
  return !existsSync(folder) || !(await hasCluster(await openHome(folder)));
}

export async function checkServer({ dataSource, embedded }: ConnectedDatabase): Promise<Answer> {
  const [row] = await dataSource.query<{ version: string; user: string }[]>(
    `SELECT current_setting('server_version') AS version, current_user AS user`,
  );
  const kind = embedded ? 'embedded PostgreSQL' : 'PostgreSQL';
  return ok(`${kind} ${row?.version ?? ''}, as ${row?.user ?? ''}`);
}

/** Asked before the other checks, which need the tables. */
export async function checkMigrations(dataSource: DataSource): Promise<Answer> {
  await refuseNewerDatabase(dataSource);
  const ran = await ranMigrations(dataSource);
  const newer = unknownMigrations(dataSource, ran);
  if (newer.length > 0) {
    return warning(
      `a newer version of Assay has migrated the database (${newer.join(', ')}); this one can work with it, until the next: update it`,
    );
  }
  const pending = pendingMigrations(dataSource, ran);
  if (pending.length === 0) return ok(`all ${ran.length} have run`);
  return warning(`${pending.length} have not run; "assay migrate" or the next start runs them`);
}

/** Whether it has all the tables that this program knows. */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  return pendingMigrations(dataSource, await ranMigrations(dataSource)).length === 0;
}

export async function checkClock(dataSource: DataSource): Promise<Answer> {
  const before = Date.now();
  const [row] = await dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  const here = (before + Date.now()) / 2;
  const skew = (Number(row?.now) - here) / 1000;
  const words = `the database's is ${Math.abs(skew).toFixed(1)} s ${skew < 0 ? 'behind' : 'ahead'}`;
  if (Math.abs(skew) <= SKEW_SECONDS) return ok(words);
  return warning(`${words}; set both by a time server`);
}

export async function checkTokens(loaded: LoadedConfig, dataSource: DataSource): Promise<Answer> {
  const host = await addressOf(loaded.config.server);
  if (isLoopbackAddress(host)) return skipped('none is needed on the loopback address');
  await new ApiTokenService(dataSource).requireUsable(host);
  return ok(`there is one for callers from elsewhere (${host})`);
}

export async function checkQueue(dataSource: DataSource): Promise<Answer> {
  const registry = new WorkerRegistry(dataSource);
  const workers = await registry.alive();
  const queues = await registry.queues();
  const waiting = queues.filter((queue) => queue.waiting > 0);
  const unserved = waiting.filter(
    ({ engine }) => !workers.some(({ engines }) => engines.includes(engine)),
  );
  const names = unserved.map(({ engine, waiting: count }) => `${count} for ${engine}`).join(', ');
  if (unserved.length > 0) {
    return warning(`shards wait and no worker takes them (${names}); start "assay worker"`);
  }
  const oldest = Math.max(0, ...queues.map(({ oldestSeconds }) => oldestSeconds ?? 0));
  const count = waiting.reduce((sum, queue) => sum + queue.waiting, 0);
  const words = `${workers.length} workers live, ${count} shards wait`;
  if (oldest > OLD_QUEUE_SECONDS) {
    return warning(
      `${words}, the oldest for ${Math.round(oldest / 60)} minutes; start more workers`,
    );
  }
  return ok(words);
}
