/** What becomes of a host that is cut off: its shard starts elsewhere, the server forgets it, it comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { scrape } from '../support/scrape';
import type { Cut } from './hosts';
import type { Stage, WorkerHost } from './stage';

/** For what a loaded machine delays. */
export const PATIENCE_MS = 90_000;

export interface Missing {
  host: WorkerHost;
  how: Cut;
  shard: number;
  cutAt: number;
}

/**
 * Cuts the host off while it computes a shard: in the second half of the time that its shards take, and with nothing
 * else in hand, neither a shard that is still being stored nor one whose start it has not heard of.
 */
export async function cutInTheMiddle(
  { dataSource }: Stage,
  runId: string,
  host: WorkerHost,
  how: Cut,
): Promise<Missing> {
  const inTheMiddle = async () => {
    const [one, another] = await dataSource.query<{ shard: number; isLate: boolean }[]>(
      `SELECT s.shard, clock_timestamp() - s.started_at > (
                SELECT avg(d.finished_at - d.started_at) / 2 FROM evaluation_shard d
                 WHERE d.run_id = $1 AND d.worker_id = w.id AND d.state = 'SUCCEEDED') AS "isLate"
         FROM evaluation_shard s JOIN worker w ON w.id = s.worker_id
        WHERE s.run_id = $1 AND w.host = $2 AND s.state = 'RUNNING'`,
      [runId, host.name],
    );
    if (one === undefined || another !== undefined || !one.isLate) return undefined;
    const started = `"runId":"${runId}","shard":${one.shard},"attempt":1,"msg":"a shard was started"`;
    return host.process.lastOutput.includes(started) ? one.shard : undefined;
  };
  return eventually(
    `${host.name} is cut off in the middle of a shard`,
    async () => {
      const shard = await inTheMiddle();
      if (shard === undefined) return undefined;
      await how.cut(host);
      const cutAt = Date.now();
      // What was on its way has come by then.
      await sleep(200);
      if ((await inTheMiddle()) === shard) return { host, how, shard, cutAt };
      await how.join(host);
      return undefined;
    },
    PATIENCE_MS,
  );
}

/** @returns the seconds from the cut */
export async function startedElsewhere(
  { dataSource }: Stage,
  runId: string,
  { host, shard, cutAt }: Missing,
): Promise<number> {
  return eventually(
    `shard ${shard} of ${host.name} has started elsewhere`,
    async () => {
      const [row] = await dataSource.query<{ at: Date }[]>(
        `SELECT s.started_at AS at FROM evaluation_shard s JOIN worker w ON w.id = s.worker_id
          WHERE s.run_id = $1 AND s.shard = $2 AND s.attempt > 1 AND w.host <> $3`,
        [runId, shard, host.name],
      );
      return row && (row.at.getTime() - cutAt) / 1000;
    },
    PATIENCE_MS,
  );
}

/**
 * The server ends the connections of a host that does not answer, with the locks they hold.
 *
 * @returns the seconds from the cut
 */
export async function forgotten({ dataSource }: Stage, { host, cutAt }: Missing): Promise<number> {
  await eventually(
    `the server has ended the connections of ${host.name}`,
    async () => {
      const rows = await dataSource.query<unknown[]>(
        'SELECT 1 FROM pg_stat_activity WHERE client_addr = $1::inet',
        [host.address],
      );
      return rows.length === 0;
    },
    PATIENCE_MS,
  );
  return (Date.now() - cutAt) / 1000;
}

/** @returns the seconds until the host was heard of again */
export async function joined({ dataSource }: Stage, host: WorkerHost, how: Cut): Promise<number> {
  await how.join(host);
  const joinedAt = Date.now();
  await eventually(
    `${host.name} is back`,
    async () => {
      const rows = await dataSource.query<unknown[]>(
        `SELECT 1 FROM worker WHERE host = $1 AND heartbeat_at > now() - interval '2 s'`,
        [host.name],
      );
      return rows.length > 0;
    },
    PATIENCE_MS * 3,
  );
  return (Date.now() - joinedAt) / 1000;
}

/** @returns how many shards the host had done for nothing, as its own figures say */
export async function lostBy({ adminToken }: Stage, { probes }: WorkerHost): Promise<number> {
  const name = 'assay_shard_seconds_count{engine="tfjs",outcome="lost"}';
  return eventually(
    'the late shard was refused',
    async () => (await scrape(probes, adminToken)).get(name),
    PATIENCE_MS,
  ).catch(async (error: unknown) => {
    const figures = [...(await scrape(probes, adminToken))].filter(([key]) => /_count/.test(key));
    throw new Error(JSON.stringify(figures), { cause: error });
  });
}
