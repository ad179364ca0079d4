/** Follows one long run, with turns of the bare runtime in between, for which the worker is suspended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import type { DataSource } from 'typeorm';
import { WebSocket } from 'ws';
import { Notifications } from '../../src/database/notifications';
import { WakeUp } from '../../src/evaluations/wake-up';
import { ask } from './ask';
import type { AssayProcess } from './assay-process';
import { cpuMsOf } from './processor-time';
import type { ResidentMemory } from './resident-memory';
import { SPINNING_MS } from './spinning';

/** Shards' images that the bare runtime does in a turn. */
const BARE_PASSES = 2;
/** At most: the more turns, the closer in time is what is compared. */
const TURNS = 20;
/** Behind the notifications. */
const POLL_MS = 500;
/** The computing thread ends when it was idle for half a minute, and gives its memory back. */
const QUIET_MS = 35_000;

/** What the worker did at a stretch, and the bare runtime after it. */
export interface Turn {
  seconds: number;
  shardsDone: number;
  images: number;
  workerMs: number;
  /** Processor time of the worker's process. */
  workerCpuMs: number;
  bareImages: number;
  bareMs: number;
  bareCpuMs: number;
}

/** Seconds are on the clock of the memory's log. */
export interface FollowedRun {
  id: string;
  images: number;
  shards: number;
  /** The first is the shard in which model and data are loaded. */
  turns: Turn[];
  requestedAt: number;
  lastShardAt: number;
  endedAt: number;
  quietAt: number;
}

export interface RunPlan {
  dataSource: DataSource;
  url: string;
  input: { checkpointId: string; datasetId: string; split: string; batchSize: number };
  images: number;
  shards: number;
  worker: AssayProcess;
  memory: ResidentMemory;
  /** Runs one shard's images. @returns milliseconds */
  bare: () => Promise<number>;
  /** Told after each turn. */
  onTurn: (turns: readonly Turn[]) => void;
}

/** @throws Error where the run does not succeed */
export async function followRun(plan: RunPlan): Promise<FollowedRun> {
  const { dataSource, images, shards, memory, worker } = plan;
  const bell = new WakeUp();
  const notifications = new Notifications(dataSource);
  notifications.on('run', () => {
    bell.ring();
  });
  await notifications.start();
  const requestedAt = memory.seconds;
  const id = await requestRun(plan);
  // Somebody has the page open: the API has to tell each step.
  const watching = watched(plan.url, id);
  const turns: Turn[] = [];
  const step = Math.ceil((shards - 1) / TURNS);
  let done = 0;
  let since = performance.now();
  let cpuMs = await cpuMsOf(worker.pid);
  let seen = await look(dataSource, id);
  try {
    for (; !seen.ended; seen = await look(dataSource, id)) {
      const rung = bell.count;
      if (done === shards || seen.done < Math.min(done === 0 ? 1 : done + step, shards)) {
        await bell.wait(rung, POLL_MS);
        continue;
      }
      const turn = {
        seconds: memory.seconds,
        shardsDone: seen.done,
        images: ((seen.done - done) * images) / shards,
        workerMs: performance.now() - since,
        workerCpuMs: (await cpuMsOf(worker.pid)) - cpuMs,
        ...{ bareImages: 0, bareMs: 0, bareCpuMs: 0 },
      };
      turns.push(turn);
      // Behind the last shard the worker settles the run: that is timed too, and not to be disturbed.
      if (seen.done < shards) {
        await suspended(worker, () => bareTurn(plan, turn));
        plan.onTurn(turns);
      }
      done = seen.done;
      since = performance.now();
      cpuMs = await cpuMsOf(worker.pid);
    }
  } finally {
    await notifications.stop();
  }
  const endedAt = memory.seconds;
  const last = turns.at(-1);
  const state = await watching;
  if (state !== 'SUCCEEDED' || !last) throw new Error(`the run is ${state}:\n${worker.said}`);
  await bareTurn(plan, last);
  plan.onTurn(turns);
  await sleep(QUIET_MS);
  const { seconds: lastShardAt } = last;
  return { id, images, shards, turns, requestedAt, lastShardAt, endedAt, quietAt: memory.seconds };
}

async function suspended(worker: AssayProcess, work: () => Promise<void>): Promise<void> {
  worker.suspend();
  try {
    await work();
  } finally {
    worker.resume();
  }
}

async function bareTurn({ bare, images, shards }: RunPlan, turn: Turn): Promise<void> {
  const cpuMs = await cpuMsOf(process.pid);
  for (let pass = 0; pass < BARE_PASSES; pass++) {
    turn.bareMs += await bare();
    turn.bareImages += images / shards;
  }
  turn.bareCpuMs = (await cpuMsOf(process.pid)) - cpuMs;
  await sleep(SPINNING_MS);
}

async function requestRun({ url, input }: RunPlan): Promise<string> {
  const { runEvaluation } = await ask<{ runEvaluation: { id: string } }>(
    url,
    'mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }',
    { input },
  );
  return runEvaluation.id;
}

/** Follows the run as a page does. @returns its last state */
async function watched(url: string, id: string): Promise<string | undefined> {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  const query = `subscription ($id: ID!) {
    evaluationRunUpdated(id: $id) { state progress { samplesDone samplesTotal } }
  }`;
  let state: string | undefined;
  try {
    for await (const { data, errors } of client.iterate<{
      evaluationRunUpdated: { state: string };
    }>({ query, variables: { id } })) {
      if (!data) throw new Error(JSON.stringify(errors));
      ({ state } = data.evaluationRunUpdated);
    }
    return state;
  } finally {
    await client.dispose();
  }
}

async function look(dataSource: DataSource, id: string): Promise<{ done: number; ended: boolean }> {
  const [row] = await dataSource.query<{ done: number; ended: boolean }[]>(
    `SELECT r.finished_at IS NOT NULL AS ended, (SELECT count(*)::integer FROM evaluation_shard s
              WHERE s.run_id = r.id AND s.state = 'SUCCEEDED') AS done
       FROM evaluation_run r WHERE r.id = $1`,
    [id],
  );
  if (!row) throw new Error(`there is no run ${id}`);
  return row;
}
