/** Evaluations of named checkpoints, and what a result keeps of how its pixels were prepared. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;
let datasetId: string;
let plain: string;
let inverted: string;

const REGISTER = `mutation ($input: RegisterCheckpointInput!) {
  registerCheckpoint(input: $input) { id } }`;
const RUN = `mutation ($input: RunEvaluationInput!) {
  runEvaluation(input: $input) { id checkpoint { id } } }`;

beforeAll(async () => {
  service = await startTestService();
  datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
  await writeLayersModel(path.join(service.root, 'net'), { seed: 5 });
  const register = async (preprocessing?: Record<string, unknown>) => {
    const input = { path: 'net', preprocessing };
    return (
      (await service.client.field('registerCheckpoint', REGISTER, { input })) as { id: string }
    ).id;
  };
  plain = await register();
  inverted = await register({ mean: [1], std: [0.5] });
});

afterAll(() => service.end());

it('an alias stands for the checkpoint that it means when the run is asked for', async () => {
  const { aliases } = service.app.services;
  for (const checkpointId of [plain, inverted]) {
    await aliases.set('challenger', checkpointId);
    const input = { checkpointAlias: 'challenger', datasetId };
    const run = await service.client.field('runEvaluation', RUN, { input });
    expect(run).toMatchObject({ checkpoint: { id: checkpointId } });
  }
});

it.each([
  [{}, 'CHECKPOINT_REFERENCE_INVALID'],
  [{ checkpointId: null, checkpointAlias: null }, 'CHECKPOINT_REFERENCE_INVALID'],
  [{ checkpointAlias: 'nobody-here' }, 'ALIAS_NOT_FOUND'],
  [{ checkpointAlias: 'NOT AN ALIAS' }, 'BAD_USER_INPUT'],
])('is refused for %j', async (reference, code) => {
  const input = { datasetId, ...reference };
  expect(await service.client.codes(RUN, { input })).toEqual([code]);
});

it('is refused for two references at once', async () => {
  const input = { datasetId, checkpointId: plain, checkpointAlias: 'challenger' };
  expect(await service.client.codes(RUN, { input })).toEqual(['CHECKPOINT_REFERENCE_INVALID']);
});

it('the preprocessing of the checkpoint is used, and kept with the result and its blocks', async () => {
  const found: { loss: number; preprocessing: unknown; checkpointDigest: string }[] = [];
  for (const checkpointId of [plain, inverted]) {
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    expect((await service.client.settled(id)).failure).toBeNull();
    const query = `query ($id: ID!) { evaluationResult(id: $id) {
      loss checkpointDigest checkpoint { digest } preprocessing { mean std output } } }`;
    found.push(
      (await service.client.field('evaluationResult', query, { id })) as (typeof found)[0],
    );
    const kinds = await service.app.services.database.dataSource.query<{ kind: string }[]>(
      'SELECT DISTINCT kind FROM prediction_block WHERE run_id = $1',
      [id],
    );
    expect(kinds).toEqual([{ kind: 'logits' }]);
  }
  expect(found.map(({ preprocessing }) => preprocessing)).toEqual([
    { mean: [0], std: [1], output: 'LOGITS' },
    { mean: [1], std: [0.5], output: 'LOGITS' },
  ]);
  expect(found[0]?.loss).not.toBe(found[1]?.loss);
  const digest = found[0]?.checkpointDigest ?? '';
  expect(found[1]?.checkpointDigest).toBe(digest);
  const byDigest = await service.client.nodes(
    'evaluationResults',
    'query ($digest: String!) { evaluationResults(filter: { checkpointDigest: $digest }) { nodes { checkpoint { id } } } }',
    { digest },
  );
  const named = (byDigest as { checkpoint: { id: string } }[]).map(
    ({ checkpoint }) => checkpoint.id,
  );
  expect(new Set(named)).toEqual(new Set([plain, inverted]));
});

describe('outputs that are probabilities', () => {
  it('are known from a softmax at the end, and are kept as what they are', async () => {
    const folder = await writeLayersModel(path.join(service.root, 'softmax'), { seed: 6 });
    const file = path.join(folder, 'model.json');
    const model = await readFile(file, 'utf8');
    await writeFile(file, model.replace('"units":10', '"units":10,"activation":"softmax"'));
    const checkpointId = await service.client.register('softmax');
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    expect((await service.client.settled(id)).failure).toBeNull();
    const query = `query ($id: ID!) { evaluationResult(id: $id) { preprocessing { output } } }`;
    expect(await service.client.field('evaluationResult', query, { id })).toEqual({
      preprocessing: { output: 'PROBABILITIES' },
    });
    const [block] = await service.app.services.database.dataSource.query<
      { kind: string; logits: Buffer }[]
    >('SELECT kind, logits FROM prediction_block WHERE run_id = $1', [id]);
    expect(block?.kind).toBe('probabilities');
    const row = Array.from({ length: 10 }, (_, k) => block?.logits.readFloatLE(4 * k) ?? NaN);
    expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it('fail the run where they are none', async () => {
    const input = { path: 'net', preprocessing: { output: 'PROBABILITIES' } };
    const { id: checkpointId } = (await service.client.field('registerCheckpoint', REGISTER, {
      input,
    })) as { id: string };
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    expect((await service.client.settled(id)).failure?.code).toBe('PROBABILITIES_INVALID');
  });
});
