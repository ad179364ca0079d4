/**
 * Two of three hosts are cut off in the middle of their shards. One comes back while the run goes on, the other
 * when it has ended; then all work on a second run, which nobody disturbs.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/config/project-root';
import { eventually } from '../support/eventually';
import type { RunView } from '../support/graphql-client';
import { brokenInvariants } from '../support/run-invariants';
import { scrape } from '../support/scrape';
import { BLACK_HOLE, type Cut, LINK_DOWN } from './hosts';
import type { Stage, WorkerHost } from './stage';

/** The survivor stands still for so long, that the run can't have ended when a host comes back. */
const PAUSE_MS = 5_000;
/** For what a loaded machine delays. */
const PATIENCE_MS = 90_000;

export interface Absence {
  host: string;
  shard: number;
  /** From the cut to the shard's start on another host. */
  movedAfterSeconds: number;
  /** From the cut to the end of its last connection at the server. */
  forgottenAfterSeconds: number;
  /** From the link's return to the host's next word. */
  backAfterSeconds: number;
  /** What the run was doing when the host came back. */
  runAtReturn: string;
  /** Of the shard that it had in hand, by the figures of its process. */
  lostShards: number;
}

export interface CutHostsReport {
  disturbed: RunView;
  calm: RunView;
  /** Shards of the two runs by the host that did them. */
  shares: Record<string, [disturbed: number, calm: number]>;
  absences: Absence[];
  /** Hosts that three views name while two are away: GraphQL, the command, and how many Prometheus counts. */
  seenWhileAway: { graphql: string[]; command: string[]; prometheus: number };
  seenAfterwards: { graphql: string[]; command: string[]; prometheus: number };
  attempts: Record<number, number>;
  counts: number[][];
  broken: string[];
  /** Whether anything of the ended run was changed by the host that came back after its end. */
  lateChanges: boolean;
  unexpectedEnds: number;
  bugs: string[];
}

interface Missing {
  host: WorkerHost;
  how: Cut;
  shard: number;
  cutAt: number;
}

export async function cutHosts(stage: Stage): Promise<CutHostsReport> {
  const { client, workers, dataSource } = stage;
  const [first, second, survivor] = workers;
  if (!first || !second || !survivor) throw new TypeError('three hosts are needed');
  const input = await inputOf(stage);

  const disturbed = await client.runEvaluation({ ...input, engine: 'TFJS', batchSize: 1 });
  const away = [
    await cutInTheMiddle(stage, disturbed.id, first, LINK_DOWN),
    await cutInTheMiddle(stage, disturbed.id, second, BLACK_HOLE),
  ];
  survivor.process.pause();
  await sleep(PAUSE_MS);
  survivor.process.resume();
  const moved = await Promise.all(away.map((one) => startedElsewhere(stage, disturbed.id, one)));
  const seenWhileAway = await seen(stage);
  const absences: Absence[] = [];
  const comeBack = async (index: number): Promise<void> => {
    const missing = away[index] as Missing;
    const forgottenAfterSeconds = await forgotten(stage, missing);
    const runAtReturn = (await client.run(disturbed.id)).state;
    absences.push({
      host: missing.host.name,
      shard: missing.shard,
      movedAfterSeconds: moved[index] ?? NaN,
      forgottenAfterSeconds,
      runAtReturn,
      backAfterSeconds: await joined(stage, missing),
      lostShards: await lostBy(stage, missing.host),
    });
  };
  await comeBack(1);
  const ended = await settled(stage, disturbed.id);
  const before = await fingerprint(stage, disturbed.id);
  await comeBack(0);
  const lateChanges = before !== (await fingerprint(stage, disturbed.id));

  const { id } = await client.runEvaluation({ ...input, engine: 'ONNX' });
  const calm = await settled(stage, id);
  const counts = await countsOf(stage, id);
  const known = { sampleCount: 10_000, confusionMatrix: counts };
  return {
    disturbed: ended,
    calm,
    shares: await sharesOf(stage, [disturbed.id, id]),
    absences,
    seenWhileAway,
    seenAfterwards: await seen(stage),
    attempts: await attemptsOf(stage, disturbed.id),
    counts,
    broken: await brokenInvariants(dataSource, [disturbed.id, id], known),
    lateChanges,
    unexpectedEnds: stage.processes.reduce((sum, one) => sum + one.unexpectedEnds, 0),
    bugs: stage.processes.flatMap(({ bugs }) => bugs),
  };
}

async function inputOf({ client }: Stage): Promise<Record<string, unknown>> {
  const list = '{ checkpoints { nodes { id } } datasets { id name } }';
  const { data } = await client.send(list);
  const { checkpoints, datasets } = data as {
    checkpoints: { nodes: { id: string }[] };
    datasets: { id: string; name: string }[];
  };
  const dataset = datasets.find(({ name }) => name === 'fashion-mnist');
  return { checkpointId: checkpoints.nodes[0]?.id, datasetId: dataset?.id };
}

/** Cuts the host off while it computes a shard: in the second half of the time that its shards take. */
async function cutInTheMiddle(
  { dataSource }: Stage,
  runId: string,
  host: WorkerHost,
  how: Cut,
): Promise<Missing> {
  const inTheMiddle = async () => {
    const [row] = await dataSource.query<{ shard: number }[]>(
      `SELECT s.shard FROM evaluation_shard s JOIN worker w ON w.id = s.worker_id
        WHERE s.run_id = $1 AND w.host = $2 AND s.state = 'RUNNING' AND clock_timestamp() - s.started_at > (
          SELECT avg(d.finished_at - d.started_at) / 2 FROM evaluation_shard d
           WHERE d.run_id = $1 AND d.worker_id = w.id AND d.state = 'SUCCEEDED')`,
      [runId, host.name],
    );
    return row?.shard;
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

async function startedElsewhere(
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

/** The server ends the connections of a host that does not answer, with the locks they hold. */
async function forgotten({ dataSource }: Stage, { host, cutAt }: Missing): Promise<number> {
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
async function joined({ dataSource }: Stage, { host, how }: Missing): Promise<number> {
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

async function lostBy({ adminToken }: Stage, { probes }: WorkerHost): Promise<number> {
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

async function seen({ client, adminToken, env }: Stage): Promise<CutHostsReport['seenWhileAway']> {
  const workers = (await client.field('workers', '{ workers { host } }')) as { host: string }[];
  const main = path.join(projectRoot(), 'src/main.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-r', '@swc-node/register', main, 'workers', '--json'],
    { cwd: projectRoot(), env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } },
  );
  const command = (JSON.parse(stdout) as { workers: { host: string }[] }).workers;
  return {
    graphql: workers.map(({ host }) => host).sort(),
    command: command.map(({ host }) => host).sort(),
    prometheus: (await scrape(client.url, adminToken)).get('assay_workers') ?? NaN,
  };
}

async function settled({ client }: Stage, id: string): Promise<RunView> {
  return eventually(
    'the run has ended',
    async () => {
      const run = await client.run(id);
      return !['QUEUED', 'RUNNING'].includes(run.state) && run;
    },
    PATIENCE_MS * 2,
  );
}

/** Of all that is stored of a run. */
async function fingerprint({ dataSource }: Stage, id: string): Promise<string> {
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

async function countsOf({ dataSource }: Stage, id: string): Promise<number[][]> {
  const [row] = await dataSource.query<{ counts: number[][] }[]>(
    'SELECT to_json(confusion_matrix) AS counts FROM evaluation_result WHERE run_id = $1',
    [id],
  );
  return row?.counts ?? [];
}

async function attemptsOf({ dataSource }: Stage, id: string): Promise<Record<number, number>> {
  const rows = await dataSource.query<{ shard: number; attempt: number }[]>(
    'SELECT shard, attempt FROM evaluation_shard WHERE run_id = $1 AND attempt > 1',
    [id],
  );
  return Object.fromEntries(rows.map(({ shard, attempt }) => [shard, attempt]));
}

async function sharesOf(
  { dataSource }: Stage,
  [disturbed, calm]: [string, string],
): Promise<CutHostsReport['shares']> {
  const rows = await dataSource.query<{ host: string; disturbed: number; calm: number }[]>(
    `SELECT w.host, (count(*) FILTER (WHERE s.run_id = $1))::integer AS disturbed,
            (count(*) FILTER (WHERE s.run_id = $2))::integer AS calm
       FROM evaluation_shard s JOIN worker w ON w.id = s.worker_id GROUP BY w.host`,
    [disturbed, calm],
  );
  return Object.fromEntries(rows.map((row) => [row.host, [row.disturbed, row.calm]]));
}
