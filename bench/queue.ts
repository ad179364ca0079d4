/**
 * How soon a run is begun on an idle worker, and how 100 runs of 20 clients at once fare: over HTTP and the
 * WebSocket, with the worker inside `assay serve`, which is a process of its own, and the built-in sample set.
 *
 *   npm run bench:queue -- [--rounds N] [--profile FOLDER]
 *
 * With --profile the service leaves its --cpu-prof there.
 */
import 'reflect-metadata';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { loadConfig } from '../src/config/load-config';
import { startServices } from '../src/services';
import { ask } from './support/ask';
import { largestOvertaking, rankCorrelation } from './support/order';
import { inScratch, runBench } from './support/scratch';
import { withServe } from './support/serve';
import { writeSpreadTable } from './support/spread-table';

const RUN = `mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }`;
const WATCH = `subscription ($id: ID!) {
  evaluationRunUpdated(id: $id) {
    state batchSize progress { samplesDone } result { sampleCount inferenceMs }
  }
}`;
const NEWEST = `query ($first: Int!) {
  evaluationRuns(first: $first) { nodes { id state createdAt startedAt } }
}`;
const CLIENTS = 20;
const RUNS = 100;
const WARM_UP_ROUNDS = 3;
const POLL_MS = 500;

interface Input {
  checkpointId: string;
  datasetId: string;
  force: true;
}

interface Watched {
  evaluationRunUpdated: {
    state: string;
    batchSize: number;
    progress: { samplesDone: number };
    result: { sampleCount: number; inferenceMs: number } | null;
  };
}

interface ListedRun {
  id: string;
  state: string;
  createdAt: string;
  startedAt: string | null;
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: { rounds: { type: 'string', default: '30' }, profile: { type: 'string' } },
  });
  const nodeOptions = flags.profile ? ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`] : [];
  await inScratch(async (env) => {
    const input = await registered(env);
    await withServe(env, nodeOptions, async (url) => {
      await measureIdle(url, input, Number(flags.rounds));
      await measureRush(url, input);
    });
  });
}

/** Before the service starts, which registers the default dataset alone. */
async function registered(env: NodeJS.ProcessEnv): Promise<Input> {
  const services = await startServices(loadConfig(env));
  try {
    const dataset = await services.datasets.register('sample-shapes');
    const folder = path.join(services.loaded.folder, 'checkpoints/sample-cnn');
    const { checkpoint } = await services.registration.fromPath(folder, {});
    return { checkpointId: checkpoint.id, datasetId: dataset.id, force: true };
  } finally {
    await services.stop();
  }
}

/**
 * Each run is asked for when the one before has ended. Its first batch is computed between two moments that can
 * be seen from outside: the run is RUNNING, and all images of its only shard are counted and stored. From the second
 * the time of the other batches is taken, as the result tells it.
 */
async function measureIdle(url: string, input: Input, rounds: number): Promise<void> {
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
  });
  const begun: number[] = [];
  const counted: number[] = [];
  const first: number[] = [];
  try {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      const id = await runOf(url, input);
      const answeredAt = performance.now();
      let [begunMs, countedMs, last, otherMs] = [Number.NaN, Number.NaN, '', Number.NaN];
      const states = socket.iterate<Watched>({ query: WATCH, variables: { id } });
      for await (const { data } of states) {
        if (!data) throw new Error(`run ${id} could not be watched`);
        const { state, batchSize, progress, result } = data.evaluationRunUpdated;
        const now = performance.now() - answeredAt;
        if (state !== 'QUEUED' && Number.isNaN(begunMs)) begunMs = now;
        if (progress.samplesDone > 0 && Number.isNaN(countedMs)) countedMs = now;
        if (result) otherMs = result.inferenceMs * (1 - batchSize / result.sampleCount);
        last = state;
      }
      if (last !== 'SUCCEEDED') throw new Error(`run ${id} is ${last}`);
      if (round < 0) continue;
      begun.push(begunMs);
      counted.push(countedMs);
      first.push(countedMs - otherMs);
    }
  } finally {
    await socket.dispose();
  }
  writeSpreadTable(`ms from "runEvaluation" answered, idle worker, ${rounds} runs`, [
    { what: 'heard that it runs (no later)', values: begun },
    { what: 'the first batch is computed, at the latest', values: first },
    { what: 'heard that all images are counted and stored', values: counted },
  ]);
}

/** Each client sends its share one after another, all clients at once. */
async function measureRush(url: string, input: Input): Promise<void> {
  const answers: number[] = [];
  const accepted = new Set<string>();
  const client = async () => {
    for (let n = 0; n < RUNS / CLIENTS; n++) {
      const askedAt = performance.now();
      accepted.add(await runOf(url, input));
      answers.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const runs = (await settled(url)).filter(({ id }) => accepted.has(id));
  const succeeded = runs.filter(({ state }) => state === 'SUCCEEDED');
  const queue = succeeded.map(({ createdAt, startedAt }) => ({
    acceptedAt: Date.parse(createdAt),
    startedAt: Date.parse(startedAt ?? ''),
  }));
  process.stdout.write('\n');
  writeSpreadTable(`${RUNS} runs of ${CLIENTS} clients at once`, [
    { what: 'answer to "runEvaluation", ms', values: answers },
  ]);
  process.stdout.write(
    `${succeeded.length} of ${RUNS} accepted runs succeeded; order accepted to order started: rank ` +
      `correlation ${rankCorrelation(queue).toFixed(4)}, no run was overtaken by more than ` +
      `${largestOvertaking(queue)} others\n`,
  );
  if (succeeded.length !== RUNS) process.exitCode = 1;
}

/** The newest runs, once all of them have ended. */
async function settled(url: string): Promise<ListedRun[]> {
  for (;;) {
    const found = await ask<{ evaluationRuns: { nodes: ListedRun[] } }>(url, NEWEST, {
      first: RUNS,
    });
    const { nodes } = found.evaluationRuns;
    if (nodes.every(({ state }) => state !== 'QUEUED' && state !== 'RUNNING')) return nodes;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function runOf(url: string, input: Input): Promise<string> {
  const found = await ask<{ runEvaluation: { id: string } }>(url, RUN, { input });
  return found.runEvaluation.id;
}

runBench(main);
