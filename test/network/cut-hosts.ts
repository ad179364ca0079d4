/**
 * Two of three hosts are cut off in the middle of their shards. One comes back while the run goes on, the other
 * when it has ended; then all work on a second run, which nobody disturbs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import type { RunView } from '../support/graphql-client';
import { brokenInvariants } from '../support/run-invariants';
import {
  cutInTheMiddle,
  forgotten,
  joined,
  lostBy,
  type Missing,
  PATIENCE_MS,
  startedElsewhere,
} from './absence';
import { BLACK_HOLE, LINK_DOWN } from './hosts';
import type { Stage, WorkerHost } from './stage';
import { attemptsOf, countsOf, fingerprint, type SeenHosts, seenHosts, sharesOf } from './views';

/** The survivor stands still for so long, that the run can't have ended when a host comes back. */
const PAUSE_MS = 5_000;

export interface Absence {
  host: string;
  shard: number;
  /** From the cut to the shard's start on another host. */
  movedAfterSeconds: number;
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
  /** From the cut of the one that stays away to the end of its last connection at the server. */
  forgottenAfterSeconds: number;
  /** While one is away. */
  seenWhileAway: SeenHosts;
  seenAfterwards: SeenHosts;
  attempts: Record<number, number>;
  counts: number[][];
  broken: string[];
  /** Whether anything of the ended run was changed by the host that came back after its end. */
  lateChanges: boolean;
  unexpectedEnds: number;
  bugs: string[];
  /** Of a host that is told to end while all that it sends is lost. */
  farewell: { exit: number | string | null; seconds: number };
}

export async function cutHosts(stage: Stage): Promise<CutHostsReport> {
  const { client, workers, dataSource } = stage;
  const [first, second, survivor] = workers;
  if (!first || !second || !survivor) throw new TypeError('three hosts are needed');
  const input = await inputOf(stage);

  const disturbed = await client.runEvaluation({ ...input, engine: 'TFJS', batchSize: 1 });
  const away: [Missing, Missing] = [
    await cutInTheMiddle(stage, disturbed.id, first, LINK_DOWN),
    await cutInTheMiddle(stage, disturbed.id, second, BLACK_HOLE),
  ];
  survivor.process.pause();
  await sleep(PAUSE_MS);
  survivor.process.resume();
  const moved = await Promise.all(away.map((one) => startedElsewhere(stage, disturbed.id, one)));
  const comeBack = async (index: 0 | 1): Promise<Absence> => {
    const { host, shard, how } = away[index];
    return {
      host: host.name,
      shard,
      movedAfterSeconds: moved[index] ?? NaN,
      runAtReturn: (await client.run(disturbed.id)).state,
      backAfterSeconds: await joined(stage, host, how),
      lostShards: await lostBy(stage, host),
    };
  };
  const whileItRuns = await comeBack(1);
  const seenWhileAway = await seenHosts(stage);
  const ended = await settled(stage, disturbed.id);
  const before = await fingerprint(stage, disturbed.id);
  const forgottenAfterSeconds = await forgotten(stage, away[0]);
  const afterItsEnd = await comeBack(0);
  const lateChanges = before !== (await fingerprint(stage, disturbed.id));

  const { id } = await client.runEvaluation({ ...input, engine: 'ONNX' });
  const calm = await settled(stage, id);
  const counts = await countsOf(stage, id);
  const known = { sampleCount: 10_000, confusionMatrix: counts };
  const report = {
    disturbed: ended,
    calm,
    shares: await sharesOf(stage, [disturbed.id, id]),
    absences: [whileItRuns, afterItsEnd],
    forgottenAfterSeconds,
    seenWhileAway,
    seenAfterwards: await seenHosts(stage),
    attempts: await attemptsOf(stage, disturbed.id),
    counts,
    broken: await brokenInvariants(dataSource, [disturbed.id, id], known),
    lateChanges,
    unexpectedEnds: stage.processes.reduce((sum, one) => sum + one.unexpectedEnds, 0),
    bugs: stage.processes.flatMap(({ bugs }) => bugs),
  };
  const last = await client.runEvaluation({ ...input, engine: 'TFJS', batchSize: 1, force: true });
  return { ...report, farewell: await farewell(stage, last.id, survivor) };
}

async function farewell(
  stage: Stage,
  runId: string,
  host: WorkerHost,
): Promise<CutHostsReport['farewell']> {
  await cutInTheMiddle(stage, runId, host, BLACK_HOLE);
  const toldAt = Date.now();
  const exit = await host.process.terminate();
  return { exit, seconds: (Date.now() - toldAt) / 1000 };
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
