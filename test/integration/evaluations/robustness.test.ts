/** Robustness: ordinary runs on corrupted splits, found again by checkpoint, dataset, engine and seed. */
import path from 'node:path';
import { projectRoot } from '../../../src/config/project-root';
import { corruptImage } from '../../../src/datasets/corruptions/corrupt-split';
import { readPng } from '../../support/read-png';
import { statementsOf } from '../../support/statements-of';
import { startTestService, type TestService } from '../../support/test-service';

const RUN = `mutation ($input: RunRobustnessInput!) { runRobustness(input: $input) { id split } }`;
const CELLS = `query ($id: ID!, $seed: Int! = 42) {
  evaluationResult(id: $id) {
    robustness(seed: $seed) {
      corruption strength run { id state split }
      result { id accuracy split dataDigest sampleCount dataset { id } }
    }
  }
}`;

interface Cell {
  corruption: string;
  strength: number;
  run: { id: string; state: string; split: string } | null;
  result: {
    id: string;
    accuracy: number;
    split: string;
    dataDigest: string;
    sampleCount: number;
    dataset: { id: string };
  } | null;
}

let service: TestService;
let checkpointId: string;
let datasetId: string;
let clean: string;

beforeAll(async () => {
  const folder = path.join(projectRoot(), 'checkpoints');
  service = await startTestService({
    configure: (config) => {
      config.checkpointRoots.push(folder);
      // Several shards a run: each makes the same images.
      config.evaluation.shardSize = 700;
    },
  });
  const { client, app } = service;
  datasetId = (await app.services.datasets.register('sample-shapes')).id;
  checkpointId = await client.register(path.join(folder, 'sample-cnn'));
  clean = await evaluated('test');
});
afterAll(() => service.end());

async function evaluated(split: string): Promise<string> {
  const { client } = service;
  const { id } = await client.runEvaluation({ checkpointId, datasetId, split });
  expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  return id;
}

async function runAll(input: Record<string, unknown>): Promise<{ id: string; split: string }[]> {
  const { client } = service;
  const runs = await client.field('runRobustness', RUN, {
    input: { checkpointId, datasetId, ...input },
  });
  return runs as { id: string; split: string }[];
}

async function cellsOf(id: string, seed?: number): Promise<Cell[]> {
  const answer = await service.client.field('evaluationResult', CELLS, { id, seed });
  return (answer as { robustness: Cell[] }).robustness;
}

test('runs on corrupted images are runs like others, and the stronger the corruption the worse', async () => {
  const runs = await runAll({ corruptions: ['NOISE', 'BLUR'], strengths: [5, 1] });
  expect(runs.map(({ split }) => split)).toEqual([
    'test~noise-1-s42',
    'test~noise-5-s42',
    'test~blur-1-s42',
    'test~blur-5-s42',
  ]);
  for (const { id } of runs) {
    expect(await service.client.settled(id)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  }
  const cells = await cellsOf(clean);
  expect(cells).toHaveLength(30);
  const run = cells.filter((cell) => cell.run !== null);
  expect(run.map((cell) => cell.run?.id)).toEqual(runs.map(({ id }) => id));
  for (const { result, run: own } of run) {
    expect(result).toMatchObject({ id: own?.id, split: own?.split, sampleCount: 2_000 });
    expect(result?.dataset.id).toBe(datasetId);
  }
  const [weakNoise, noise, weakBlur, blur] = run.map(({ result }) => result?.accuracy ?? NaN);
  expect(noise).toBeLessThan((weakNoise ?? NaN) - 0.05);
  expect(blur).toBeLessThan((weakBlur ?? NaN) - 0.05);
  expect(new Set(run.map(({ result }) => result?.dataDigest)).size).toBe(4);
  const empty = cells.filter((cell) => cell.run === null);
  expect(empty.every(({ result }) => result === null)).toBe(true);

  // From a corrupted result the same cells are seen, with another seed none.
  expect(await cellsOf(runs[0]?.id ?? '')).toEqual(cells);
  expect((await cellsOf(clean, 43)).every((cell) => cell.run === null)).toBe(true);

  // What has an equal result is not evaluated again.
  const again = await runAll({ corruptions: ['BLUR', 'NOISE', 'NOISE'], strengths: [1, 5] });
  expect(again).toEqual(runs);
});

test('all corruptions, or all strengths, are run where none is named, by alias too', async () => {
  const { client } = service;
  await client.field(
    'setCheckpointAlias',
    `mutation ($id: ID!) { setCheckpointAlias(alias: "champion", checkpointId: $id) { alias } }`,
    { id: checkpointId },
  );
  const all = await runAll({ corruptions: ['SHIFT'], seed: 7 });
  const byAlias = { checkpointId: undefined, checkpointAlias: 'champion', seed: 7 };
  const mild = await runAll({ ...byAlias, strengths: [1] });
  expect(all.map(({ split }) => split)).toEqual([1, 2, 3, 4, 5].map((s) => `test~shift-${s}-s7`));
  expect(mild.map(({ split }) => split)).toEqual(
    ['noise', 'blur', 'shift', 'rotation', 'contrast', 'occlusion'].map((c) => `test~${c}-1-s7`),
  );
  for (const { id } of [...all, ...mild]) {
    expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  }
  const cells = await cellsOf(clean, 7);
  expect(cells.filter(({ result }) => result !== null)).toHaveLength(10);
});

test('a corrupted split has samples, images and slices, and is not listed', async () => {
  const { client, app } = service;
  const split = 'test~occlusion-5-s1';
  const id = await evaluated(split);
  const query = `query ($id: ID!, $split: String!) {
    evaluationResult(id: $id) {
      dataset { splits { name } samples(split: $split, first: 1, offset: 3) { index className imageUrl } }
      samples(orderBy: INDEX, direction: ASC, first: 4) { nodes { index trueClassName imageUrl } }
      slices(kind: BRIGHTNESS) { name sampleCount }
      rocCurves(classIndexes: [0]) { area }
    }
  }`;
  const found = (await client.field('evaluationResult', query, { id, split })) as {
    dataset: {
      splits: { name: string }[];
      samples: { index: number; className: string; imageUrl: string }[];
    };
    samples: { nodes: { index: number; trueClassName: string; imageUrl: string }[] };
    slices: { name: string; sampleCount: number }[];
    rocCurves: { area: number }[];
  };
  expect(found.dataset.splits.map(({ name }) => name).sort()).toEqual(['test', 'train']);
  const sample = found.samples.nodes[3];
  expect(found.dataset.samples).toEqual([
    { index: 3, className: sample?.trueClassName, imageUrl: sample?.imageUrl },
  ]);
  expect(found.slices).toHaveLength(4);
  expect(found.rocCurves[0]?.area).toBeGreaterThan(0.5);

  const response = await fetch(`${client.url}${sample?.imageUrl ?? ''}`);
  expect(response.status).toBe(200);
  const png = readPng(Buffer.from(await response.arrayBuffer()));
  const { images, imageShape } = await app.services.datasets.load(
    await app.services.datasets.get(datasetId),
    'test',
  );
  const expected = new Uint8Array(784);
  const recipe = { corruption: 'occlusion', strength: 5, seed: 1 } as const;
  corruptImage(recipe, images.subarray(3 * 784, 4 * 784), expected, imageShape, 3);
  expect(Buffer.compare(Buffer.from(png.pixels), expected)).toBe(0);
});

test('the cells of a page of results cost as many statements as those of one', async () => {
  const { client, app } = service;
  const ask = (first: number) => async () => {
    const query = `query ($first: Int!) { evaluationResults(first: $first) { nodes {
      robustness { run { state checkpoint { id } } result { accuracy dataset { id } } }
      slices(first: 2) { name }
    } } }`;
    await client.field('evaluationResults', query, { first });
  };
  const { dataSource } = app.services.database;
  const one = await statementsOf(dataSource, ask(1));
  const many = await statementsOf(dataSource, ask(8));
  expect(one.filter((sql) => sql.includes('unnest'))).toHaveLength(1);
  expect(many).toHaveLength(one.length);
});

test('what is no corruption is refused by a code of its own', async () => {
  const { client } = service;
  const run = `mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }`;
  const ask = (split: string) => client.codes(run, { input: { checkpointId, datasetId, split } });
  expect(await ask('test~fog-3-s42')).toEqual(['CORRUPTION_UNKNOWN']);
  expect(await ask('test~noise-6-s42')).toEqual(['CORRUPTION_UNKNOWN']);
  expect(await ask('holdout~noise-3-s42')).toEqual(['DATASET_SPLIT_UNKNOWN']);
  const robust = (input: Record<string, unknown>) =>
    client.codes(RUN, { input: { checkpointId, datasetId, ...input } });
  expect(await robust({ split: 'test~noise-3-s42' })).toEqual(['CORRUPTION_UNKNOWN']);
  expect(await robust({ strengths: [6] })).toEqual(['BAD_USER_INPUT']);
  expect(await robust({ strengths: [] })).toEqual(['BAD_USER_INPUT']);
  expect(await robust({ seed: -1 })).toEqual(['BAD_USER_INPUT']);
  expect(await robust({ split: 'holdout' })).toEqual(['DATASET_SPLIT_UNKNOWN']);
});
