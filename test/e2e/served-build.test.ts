/**
 * What a user's CI does with Assay: build it, serve the build, ask for an evaluation over GraphQL, follow it, hold
 * the result against thresholds. Real Fashion-MNIST with ASSAY_DATA_MIRROR, else the built-in sample set.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { projectRoot } from '../../src/config/project-root';
import { GraphQLClient } from '../support/graphql-client';
import { temporaryFolder } from '../support/temporary-folder';
import { AssayProcess, freshDataFolder, postgresOf } from './assay-process';

jest.setTimeout(300_000);

const RESULT = `query ($id: ID!) {
  evaluationResult(id: $id) {
    accuracy macroF1 sampleCount checkpointDigest dataDigest backend
    confusionMatrix { counts }
  }
}`;

interface Result {
  accuracy: number;
  macroF1: number;
  sampleCount: number;
  checkpointDigest: string;
  dataDigest: string;
  backend: string;
  confusionMatrix: { counts: number[][] };
}

const mirror = process.env['ASSAY_DATA_MIRROR'] ?? '';
const env = mirror === '' ? {} : { ASSAY_DATA_MIRROR: mirror };
const thresholds = (
  parse(readFileSync(path.join(projectRoot(), 'config.yaml'), 'utf8')) as {
    thresholds: { accuracy: number; macro_f1: number };
  }
).thresholds;

it('serves, evaluates on request, tells of it, and passes the thresholds', async () => {
  const dataPath = await freshDataFolder();
  const service = new AssayProcess(['serve'], dataPath, env);
  const url = await service.address();
  const client = new GraphQLClient(url);
  const list =
    '{ checkpoints { nodes { id name } } datasets { id name splits { name sampleCount } } }';
  const { data } = (await client.send(list)) as unknown as {
    data: {
      checkpoints: { nodes: { id: string }[] };
      datasets: { id: string; name: string; splits: { name: string; sampleCount: number }[] }[];
    };
  };
  const [dataset] = data.datasets;
  expect(dataset?.name).toBe(mirror === '' ? 'sample-shapes' : 'fashion-mnist');

  const { id } = await client.runEvaluation({
    checkpointId: data.checkpoints.nodes[0]?.id,
    datasetId: dataset?.id,
    split: 'test',
    engine: 'ONNX',
  });
  const states = await follow(url, id);
  expect(states.at(-1)).toBe('SUCCEEDED');

  const result = (await client.field('evaluationResult', RESULT, { id })) as Result;
  const { counts } = result.confusionMatrix;
  const right = counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  expect(all).toBe(dataset?.splits.find(({ name }) => name === 'test')?.sampleCount);
  expect(result.sampleCount).toBe(all);
  expect(result.accuracy).toBeCloseTo(right / all, 12);
  expect(result.accuracy).toBeGreaterThanOrEqual(thresholds.accuracy);
  expect(result.macroF1).toBeGreaterThanOrEqual(thresholds.macro_f1);
  // The figure of the README.
  if (mirror !== '') expect(result.accuracy).toBeCloseTo(0.918, 4);

  // The gate of the command line agrees, in another process beside the service.
  const gate = new AssayProcess(['evaluate', '--gate', '--json'], dataPath, env);
  const { code, stdout } = await gate.ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    accuracy: result.accuracy,
    checkpointDigest: result.checkpointDigest,
    dataDigest: result.dataDigest,
    confusionMatrix: counts,
    gate: { passed: true },
  });

  service.signal('SIGTERM');
  expect(await service.ended).toMatchObject({ code: 0, signal: null });
  expect(postgresOf(dataPath)).toBeUndefined();
});

it('lets a job fail with 1 where a threshold is missed, and with 2 where nothing could be evaluated', async () => {
  const dataPath = await freshDataFolder();
  const config = path.join(await temporaryFolder(), 'config.yaml');
  const shipped = path.join(projectRoot(), 'checkpoints/fashion-cnn');
  await writeFile(
    config,
    `ckpt_path: ${shipped}\nthresholds: { accuracy: 0.999, macro_f1: 0.7 }\n`,
  );
  const run = (...args: string[]) =>
    new AssayProcess(['evaluate', ...args], dataPath, { ...env, ASSAY_CONFIG: config }).ended;
  const missed = await run('--gate');
  expect(missed.code).toBe(1);
  expect(missed.stdout).toContain('Gate missed: 1 of 2 checks.');
  expect((await run('--gate', '--checkpoint', '/nowhere')).code).toBe(2);
});

/** @returns the states that the subscription told, until it ended */
async function follow(url: string, id: string): Promise<string[]> {
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  try {
    const query = 'subscription ($id: ID!) { evaluationRunUpdated(id: $id) { state } }';
    const states: string[] = [];
    for await (const { data, errors } of socket.iterate({ query, variables: { id } })) {
      if (errors) throw new Error(JSON.stringify(errors));
      states.push((data as { evaluationRunUpdated: { state: string } }).evaluationRunUpdated.state);
    }
    return states;
  } finally {
    await socket.dispose();
  }
}
