/** What can be seen of runs and hosts: in the database, over GraphQL, by the command and by Prometheus. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/config/project-root';
import { programArguments } from '../support/program';
import { scrape } from '../support/scrape';
import type { Stage } from './stage';

/** The hosts that three views name; Prometheus only counts them. */
export interface SeenHosts {
  graphql: string[];
  command: string[];
  prometheus: number;
}

export async function seenHosts({ client, adminToken, env }: Stage): Promise<SeenHosts> {
  const workers = (await client.field('workers', '{ workers { host } }')) as { host: string }[];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    programArguments('workers', '--json'),
    { cwd: projectRoot(), env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } },
  );
  const command = (JSON.parse(stdout) as { workers: { host: string }[] }).workers;
  return {
    graphql: workers.map(({ host }) => host).sort(),
    command: command.map(({ host }) => host).sort(),
    prometheus: (await scrape(client.url, adminToken)).get('assay_workers') ?? NaN,
  };
}

/** Of all that is stored of a run. */
export async function fingerprint({ dataSource }: Stage, id: string): Promise<string> {
  const [row] = await dataSource.query<{ all: string }[]>(
    `SELECT md5(concat(
       (SELECT string_agg(r::text, ' ') FROM evaluation_run r WHERE r.id = $1),
       (SELECT string_agg(e::text, ' ') FROM evaluation_result e WHERE e.run_id = $1),
       (SELECT string_agg(s::text, ' ' ORDER BY s.shard) FROM evaluation_shard s WHERE s.run_id = $1),
       (SELECT string_agg(b::text, ' ' ORDER BY b.shard) FROM prediction_block b WHERE b.run_id = $1))) AS "all"`,
    [id],
  );
  return row?.all ?? '';
}

export async function countsOf({ dataSource }: Stage, id: string): Promise<number[][]> {
  const [row] = await dataSource.query<{ counts: number[][] }[]>(
    'SELECT to_json(confusion_matrix) AS counts FROM evaluation_result WHERE run_id = $1',
    [id],
  );
  return row?.counts ?? [];
}

/** Of the shards that were begun more than once. */
export async function attemptsOf(
  { dataSource }: Stage,
  id: string,
): Promise<Record<number, number>> {
  const rows = await dataSource.query<{ shard: number; attempt: number }[]>(
    'SELECT shard, attempt FROM evaluation_shard WHERE run_id = $1 AND attempt > 1',
    [id],
  );
  return Object.fromEntries(rows.map(({ shard, attempt }) => [shard, attempt]));
}

/** How many shards each host did of two runs. */
export async function sharesOf(
  { dataSource }: Stage,
  [disturbed, calm]: [string, string],
): Promise<Record<string, [disturbed: number, calm: number]>> {
  const rows = await dataSource.query<{ host: string; disturbed: number; calm: number }[]>(
    `SELECT w.host, (count(*) FILTER (WHERE s.run_id = $1))::integer AS disturbed,
            (count(*) FILTER (WHERE s.run_id = $2))::integer AS calm
       FROM evaluation_shard s JOIN worker w ON w.id = s.worker_id GROUP BY w.host`,
    [disturbed, calm],
  );
  return Object.fromEntries(rows.map((row) => [row.host, [row.disturbed, row.calm]]));
}
