/** Checkpoints over GraphQL: found by what they are, annotated, deleted and restored, with what was found with them. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import { defaultPreprocessing, preprocessingDigest } from '../../../src/checkpoints/preprocessing';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { statementsOf } from '../../support/statements-of';
import { newRun, storeCheckpoint, storeResult } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service.end());

const dataSource = () => service.app.services.database.dataSource;
const UPDATE = `mutation ($input: UpdateCheckpointInput!) {
  updateCheckpoint(input: $input) { id name tags notes } }`;
const DELETE = 'mutation ($id: ID!) { deleteCheckpoint(id: $id) { id deletedAt } }';
const RESTORE = 'mutation ($id: ID!) { restoreCheckpoint(id: $id) { id deletedAt } }';
const LIST =
  'query ($filter: CheckpointFilter) { checkpoints(filter: $filter, first: 100) { nodes { id } } }';
const BY_DIGEST = `query ($digest: String!, $preprocessingDigest: String) {
  checkpointByDigest(digest: $digest, preprocessingDigest: $preprocessingDigest) { id } }`;

async function ids(filter: Record<string, unknown>): Promise<string[]> {
  const list = (await service.client.nodes('checkpoints', LIST, { filter })) as { id: string }[];
  return list.map(({ id }) => id);
}

async function changed(changes: Partial<Checkpoint>): Promise<Checkpoint> {
  const { id } = await storeCheckpoint(dataSource());
  await dataSource().manager.update(Checkpoint, { id }, changes);
  return dataSource().manager.findOneByOrFail(Checkpoint, { id });
}

describe('the list', () => {
  it('is narrowed by format, name, tag and digest, and by all of them at once', async () => {
    const mark = randomUUID();
    const one = await changed({ name: `One ${mark}`, tags: ['baseline', mark] });
    const two = await changed({ name: `two ${mark}`, format: 'safetensors', tags: [mark] });
    expect(await ids({ tag: mark })).toEqual([two.id, one.id]);
    expect(await ids({ nameContains: `ONE ${mark}` })).toEqual([one.id]);
    expect(await ids({ tag: mark, format: 'SAFETENSORS' })).toEqual([two.id]);
    expect(await ids({ digestPrefix: one.digest.slice(0, 8) })).toEqual([one.id]);
    expect(await ids({ tag: mark, format: 'ONNX', digestPrefix: two.digest.slice(0, 8) })).toEqual(
      [],
    );
    expect(await ids({ tag: 'base' })).toEqual([]);
  });

  it('takes what it is given literally', async () => {
    const mark = randomUUID();
    const plain = await changed({ name: `100 of ${mark}` });
    const odd = await changed({ name: `100% _of\\ ${mark}'"` });
    expect(await ids({ nameContains: `100% _of\\ ${mark}'"` })).toEqual([odd.id]);
    expect(await ids({ nameContains: `%${mark}` })).toEqual([]);
    expect(await ids({ nameContains: mark })).toEqual([odd.id, plain.id]);
  });

  it('is narrowed by alias and by the dataset of a result', async () => {
    const run = await newRun(dataSource());
    await storeResult(dataSource(), run);
    await service.app.services.aliases.set('champion', run.checkpointId);
    expect(await ids({ alias: 'champion' })).toEqual([run.checkpointId]);
    expect(await ids({ alias: 'nobody' })).toEqual([]);
    expect(await ids({ datasetId: run.datasetId })).toEqual([run.checkpointId]);
    expect(await ids({ datasetId: randomUUID() })).toEqual([]);
  });

  it.each([
    { nameContains: '' },
    { nameContains: 'a\0' },
    { digestPrefix: 'xyz' },
    { digestPrefix: 'ab' },
    { digestPrefix: '%%%%' },
    { datasetId: 'x' },
    { alias: 'NOT AN ALIAS' },
    { tag: 'x'.repeat(65) },
  ])('is refused for the filter %j', async (filter) => {
    expect(await service.client.codes(LIST, { filter })).toEqual(['BAD_USER_INPUT']);
  });
});

describe('a checkpoint is found by its digest', () => {
  it('and by that of its preprocessing where one is not enough', async () => {
    const one = await storeCheckpoint(dataSource());
    const byDigest = (variables: Record<string, unknown>) =>
      service.client.send(BY_DIGEST, { digest: one.digest, ...variables });
    expect((await byDigest({})).data?.checkpointByDigest).toEqual({ id: one.id });
    const preprocessing = {
      ...defaultPreprocessing({ channels: 1, endsInSoftmax: false }),
      mean: [0.5],
    };
    const other = Object.assign(new Checkpoint(), one, { id: randomUUID(), preprocessing });
    const itsDigest = preprocessingDigest(preprocessing);
    other.preprocessingDigest = itsDigest;
    await dataSource().manager.insert(Checkpoint, other);
    expect((await byDigest({})).errors[0]?.extensions.code).toBe('CHECKPOINT_AMBIGUOUS');
    const found = await byDigest({ preprocessingDigest: itsDigest });
    expect(found.data?.checkpointByDigest).toEqual({ id: other.id });
    await service.client.field('deleteCheckpoint', DELETE, { id: other.id });
    expect((await byDigest({})).data?.checkpointByDigest).toEqual({ id: one.id });
  });

  it('in full', async () => {
    const none = { digest: 'a'.repeat(64) };
    expect(await service.client.codes(BY_DIGEST, none)).toEqual(['CHECKPOINT_NOT_FOUND']);
    expect(await service.client.codes(BY_DIGEST, { digest: 'abc' })).toEqual(['BAD_USER_INPUT']);
  });
});

describe('what people say of a checkpoint', () => {
  it('changes where it is given and stays where it is not', async () => {
    const { id, name } = await storeCheckpoint(dataSource());
    const update = (input: Record<string, unknown>) =>
      service.client.field('updateCheckpoint', UPDATE, { input: { id, ...input } });
    const tags = ['a', 'run:7'];
    expect(await update({ tags, notes: 'ünï\n😀' })).toEqual({ id, name, tags, notes: 'ünï\n😀' });
    expect(await update({ name: 'new' })).toEqual({ id, name: 'new', tags, notes: 'ünï\n😀' });
    expect(await update({ tags: [], notes: '', name: null })).toMatchObject({
      name: 'new',
      tags: [],
    });
    expect(await update({})).toMatchObject({ notes: '' });
  });

  it.each([
    { name: '' },
    { name: 'x'.repeat(201) },
    { tags: [''] },
    { tags: ['a', 'a'] },
    { tags: ['a\nb'] },
    { tags: Array.from({ length: 51 }, (_, i) => `t${i}`) },
    { notes: 'a\0b' },
    { notes: 'x'.repeat(10_001) },
  ])('is refused as %j', async (input) => {
    const { id } = await storeCheckpoint(dataSource());
    const variables = { input: { id, ...input } };
    expect(await service.client.codes(UPDATE, variables)).toEqual(['BAD_USER_INPUT']);
  });

  it('is refused for no checkpoint', async () => {
    const variables = { input: { id: randomUUID(), name: 'x' } };
    expect(await service.client.codes(UPDATE, variables)).toEqual(['CHECKPOINT_NOT_FOUND']);
  });
});

describe('a deleted checkpoint', () => {
  it('is hidden from lists, keeps its results, can not be evaluated, and can be restored', async () => {
    const run = await newRun(dataSource());
    const { runId } = await storeResult(dataSource(), run);
    const id = run.checkpointId;
    const deleted = (await service.client.field('deleteCheckpoint', DELETE, { id })) as Checkpoint;
    expect(deleted.deletedAt).not.toBeNull();
    expect(await service.client.field('deleteCheckpoint', DELETE, { id })).toEqual(deleted);
    expect(await ids({ datasetId: run.datasetId })).toEqual([]);
    expect(await ids({ datasetId: run.datasetId, includeDeleted: true })).toEqual([id]);
    const result = `query ($id: ID!) {
      evaluationResult(id: $id) { checkpoint { id deletedAt results { id } } } }`;
    expect(await service.client.field('evaluationResult', result, { id: runId })).toEqual({
      checkpoint: { id, deletedAt: deleted.deletedAt, results: [{ id: runId }] },
    });
    const start = 'mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }';
    const input = { checkpointId: id, datasetId: run.datasetId };
    expect(await service.client.codes(start, { input })).toEqual(['CHECKPOINT_DELETED']);
    const alias = `mutation { setCheckpointAlias(alias: "gone", checkpointId: "${id}") { alias } }`;
    expect(await service.client.codes(alias)).toEqual(['CHECKPOINT_DELETED']);
    const restored = { id, deletedAt: null };
    expect(await service.client.field('restoreCheckpoint', RESTORE, { id })).toEqual(restored);
    expect(await ids({ datasetId: run.datasetId })).toEqual([id]);
  });

  it('comes back when its content is registered again, as it was', async () => {
    await writeLayersModel(path.join(service.root, 'again'), { seed: 31 });
    const id = await service.client.register('again', 'first name');
    await service.client.field('deleteCheckpoint', DELETE, { id });
    expect(await service.client.register('again', 'second name')).toBe(id);
    const query = 'query ($id: ID!) { checkpoint(id: $id) { name deletedAt } }';
    expect(await service.client.field('checkpoint', query, { id })).toEqual({
      name: 'first name',
      deletedAt: null,
    });
  });

  it.each([DELETE, RESTORE])('must be there: %s', async (mutation) => {
    expect(await service.client.codes(mutation, { id: randomUUID() })).toEqual([
      'CHECKPOINT_NOT_FOUND',
    ]);
  });
});

describe('preprocessing', () => {
  const REGISTER = `mutation ($input: RegisterCheckpointInput!) {
    registerCheckpoint(input: $input) {
      id digest preprocessingDigest tags preprocessing { scale mean std channelOrder output } } }`;

  it('belongs to the identity: the same content under another one is another checkpoint', async () => {
    await writeOnnxModel(path.join(service.root, 'p.onnx'), path.join(service.root, 'p'));
    const register = (preprocessing?: Record<string, unknown>) =>
      service.client.field('registerCheckpoint', REGISTER, {
        input: { path: 'p.onnx', tags: ['x'], preprocessing },
      }) as Promise<Checkpoint>;
    const plain = await register();
    const shifted = await register({ mean: [0.286], std: [0.353] });
    expect(plain.preprocessing).toMatchObject({ scale: 1 / 255, mean: [0], std: [1] });
    expect(shifted).toMatchObject({ digest: plain.digest, tags: ['x'] });
    expect(shifted.preprocessing).toMatchObject({ scale: 1 / 255, mean: [0.286], std: [0.353] });
    expect(shifted.id).not.toBe(plain.id);
    expect(shifted.preprocessingDigest).not.toBe(plain.preprocessingDigest);
    expect((await register({ scale: null, std: [0.353], mean: [0.286] })).id).toBe(shifted.id);
    expect((await register({ channelOrder: 'RGB', output: 'LOGITS' })).id).toBe(plain.id);
  });

  it.each([
    [{ mean: [0, 0, 0] }, 'PREPROCESSING_INVALID'],
    [{ std: [0] }, 'PREPROCESSING_INVALID'],
    [{ scale: -1 }, 'PREPROCESSING_INVALID'],
    [{ channelOrder: 'BGR' }, 'PREPROCESSING_INVALID'],
    [{ mean: [] }, 'BAD_USER_INPUT'],
    [{ output: 'WORDS' }, 'BAD_USER_INPUT'],
  ])('is refused as %j', async (preprocessing, code) => {
    await writeLayersModel(path.join(service.root, 'q'));
    const input = { path: 'q', preprocessing };
    expect(await service.client.codes(REGISTER, { input })).toEqual([code]);
  });
});

it('a list with aliases, results and their checkpoints costs a fixed number of statements', async () => {
  const statements = (first: number) =>
    statementsOf(dataSource(), async () => {
      const query = `{ checkpoints(first: ${first}) { nodes { aliases results(first: 3) { id checkpoint { id } dataset { id } } } } }`;
      const list = (await service.client.nodes('checkpoints', query)) as { results: unknown[] }[];
      expect(list.flatMap(({ results }) => results).length).toBeGreaterThanOrEqual(first);
    });
  for (let i = 0; i < 8; i++) {
    const run = await newRun(dataSource());
    for (let j = 0; j < 4; j++) await storeResult(dataSource(), run);
  }
  const two = await statements(2);
  expect(two.length).toBeGreaterThan(3);
  expect(await statements(8)).toHaveLength(two.length);
  const few = `{ checkpoints(first: 1) { nodes { results(first: 3) { id createdAt } } } }`;
  const [newest] = (await service.client.nodes('checkpoints', few)) as {
    results: { createdAt: string }[];
  }[];
  const times = newest?.results.map(({ createdAt }) => createdAt) ?? [];
  expect(times).toHaveLength(3);
  expect(times).toEqual([...times].sort().reverse());
});
