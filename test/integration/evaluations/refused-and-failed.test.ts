/** What can't be evaluated: said at once where it can be known at once, else as the reason of a FAILED run. */
import { randomUUID } from 'node:crypto';
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunView } from '../../support/graphql-client';
import { type LayersModelOptions, writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

const RUN = 'mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }';

let service: TestService;
let datasetId: string;
let checkpointId: string;
let models = 0;

beforeAll(async () => {
  service = await startTestService();
  datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
  checkpointId = await registered();
});

afterAll(() => service.end());

async function registered(options: LayersModelOptions = {}): Promise<string> {
  models += 1;
  const folder = path.join(service.root, `model-${models}`);
  return service.client.register(await writeLayersModel(folder, { seed: models, ...options }));
}

async function ended(id: string): Promise<RunView> {
  const run = await service.client.runEvaluation({ checkpointId: id, datasetId });
  return service.client.settled(run.id);
}

describe('what is refused at once', () => {
  it.each([
    ['an unknown checkpoint', { checkpointId: randomUUID() }, 'CHECKPOINT_NOT_FOUND'],
    ['an unknown dataset', { datasetId: randomUUID() }, 'DATASET_NOT_FOUND'],
    ['an unknown split', { split: 'validation' }, 'DATASET_SPLIT_UNKNOWN'],
    ['a split with a NUL', { split: 'te\0st' }, 'DATASET_SPLIT_UNKNOWN'],
    ['an empty split', { split: '' }, 'BAD_USER_INPUT'],
    ['a malformed id', { checkpointId: "' OR 1=1" }, 'BAD_USER_INPUT'],
    ['a batch of nothing', { batchSize: 0 }, 'BAD_USER_INPUT'],
    ['a batch too large', { batchSize: 4097 }, 'BAD_USER_INPUT'],
    ['a batch that is no number', { batchSize: 'many' }, 'BAD_USER_INPUT'],
    ['an unknown engine', { engine: 'TORCH' }, 'BAD_USER_INPUT'],
    ['an unknown field', { colour: 'red' }, 'BAD_USER_INPUT'],
  ])('is %s, and no run is stored', async (_, wrong, code) => {
    const before = await service.client.nodes(
      'evaluationRuns',
      '{ evaluationRuns { nodes { id } } }',
    );
    const input = { checkpointId, datasetId, ...wrong };
    const answer = await service.client.send(RUN, { input });
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(answer.text).not.toMatch(/stacktrace|QueryFailedError|node_modules|SELECT/);
    const after = await service.client.nodes(
      'evaluationRuns',
      '{ evaluationRuns { nodes { id } } }',
    );
    expect(after).toEqual(before);
  });

  it('is a checkpoint for other images or other classes, naming both sides', async () => {
    for (const options of [{ side: 14 }, { classes: 7 }]) {
      const input = { checkpointId: await registered(options), datasetId };
      const { errors } = await service.client.send(RUN, { input });
      expect(errors[0]?.extensions.code).toBe('CHECKPOINT_DATASET_MISMATCH');
      expect(errors[0]?.message).toMatch(/14×14×1|7 classes/);
      expect(errors[0]?.message).toContain('28×28×1 and 10 classes');
    }
  });

  it.each([
    ['checkpoint(id: $id) { id }', 'CHECKPOINT_NOT_FOUND'],
    ['dataset(id: $id) { id }', 'DATASET_NOT_FOUND'],
    ['evaluationRun(id: $id) { id }', 'RUN_NOT_FOUND'],
  ])('is an id of nothing: %s', async (field, code) => {
    const query = `query ($id: ID!) { ${field} }`;
    expect(await service.client.codes(query, { id: randomUUID() })).toEqual([code]);
    for (const id of ['', '7', 'x'.repeat(36), `${randomUUID()}0`]) {
      expect(await service.client.codes(query, { id })).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('is not a result that does not exist: that is null', async () => {
    const query = 'query ($id: ID!) { evaluationResult(id: $id) { id } }';
    expect(await service.client.field('evaluationResult', query, { id: randomUUID() })).toBeNull();
    expect(await service.client.codes(query, { id: 'nothing' })).toEqual(['BAD_USER_INPUT']);
  });
});

describe('a run that fails', () => {
  it.each([
    ['NaN', NaN],
    ['infinity', Infinity],
  ])('does so at weights of %s, without a result', async (_, firstBias) => {
    const run = await ended(await registered({ firstBias }));
    expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'LOGITS_NOT_FINITE' } });
    expect(run.failure?.message).toMatch(/sample|logit/i);
    const query = 'query ($id: ID!) { evaluationResult(id: $id) { id } }';
    expect(await service.client.field('evaluationResult', query, { id: run.id })).toBeNull();
    const { dataSource } = service.app.services.database;
    expect(
      await dataSource.query('SELECT 1 FROM prediction_block WHERE run_id = $1', [run.id]),
    ).toEqual([]);
  });

  const CHANGES: [string, (folder: string, files: string[]) => Promise<void>][] = [
    [
      'one bit was flipped',
      async (folder) => {
        const file = path.join(folder, 'weights.bin');
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
        await writeFile(file, bytes);
      },
    ],
    ['a file was cut short', (folder) => truncate(path.join(folder, 'weights.bin'), 4)],
    ['a file grew', (folder) => appendFile(path.join(folder, 'weights.bin'), 'more')],
    ['a file is gone', (folder) => rm(path.join(folder, 'weights.bin'))],
    ['all files are gone', (folder, files) => removeAll(folder, files)],
    ['another model took its place', (folder) => replaceModel(folder)],
  ];

  it.each(CHANGES)('does so where %s in the store', async (_, change) => {
    const id = await registered();
    const { digest } = await service.app.services.checkpoints.get(id);
    const folder = path.join(service.store, digest);
    await change(folder, await readdir(folder));
    const run = await ended(id);
    expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'CHECKPOINT_CORRUPT' } });
    expect(run.failure?.message).toContain('register the checkpoint again');
    expect(run.failure?.message).not.toContain(service.store);
  });

  it('does so where the store has lost the checkpoint', async () => {
    const id = await registered();
    const { digest } = await service.app.services.checkpoints.get(id);
    await rm(path.join(service.store, digest), { recursive: true });
    expect((await ended(id)).failure?.code).toBe('CHECKPOINT_MISSING');
  });

  it.each([
    ['holds other data by now', 'sample-shapes', 'DATASET_CHANGED'],
    ['is not known any more', 'last-years-set', 'DATASET_UNKNOWN'],
  ])('does so where the dataset %s', async (_, name, code) => {
    const { dataSource } = service.app.services.database;
    const id = randomUUID();
    await dataSource.query(
      `INSERT INTO dataset (id, name, digest, class_names, image_height, image_width, image_channels, splits)
       SELECT $1, $2, $3, class_names, image_height, image_width, image_channels, $4 FROM dataset LIMIT 1`,
      [
        id,
        name,
        'f'.repeat(64),
        JSON.stringify([{ name: 'test', sampleCount: 2000, digest: 'e'.repeat(64) }]),
      ],
    );
    const run = await service.client.runEvaluation({ checkpointId, datasetId: id });
    expect((await service.client.settled(run.id)).failure?.code).toBe(code);
  });

  it('leaves the service well: the next run succeeds', async () => {
    const broken = await service.client.runEvaluation({
      checkpointId: await registered({ firstBias: NaN }),
      datasetId,
    });
    const sound = await service.client.runEvaluation({ checkpointId, datasetId });
    expect((await service.client.settled(broken.id)).state).toBe('FAILED');
    expect((await service.client.settled(sound.id)).state).toBe('SUCCEEDED');
  });
});

async function removeAll(folder: string, files: string[]): Promise<void> {
  for (const file of files) await rm(path.join(folder, file));
}

async function replaceModel(folder: string): Promise<void> {
  await writeLayersModel(folder, { seed: 999_999 });
}
