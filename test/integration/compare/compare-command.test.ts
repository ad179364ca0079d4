/** `assay compare` in this process, on the sample set and two checkpoints of it, by ids and by aliases. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Services } from '../../../src/services';
import { startServices } from '../../../src/services';
import { loadConfig } from '../../../src/config/load-config';
import { writeOnnxModel } from '../../support/layers-models';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { jsonOf, runAssay } from '../convert/run-assay';

const OWN = path.resolve(__dirname, '../../../checkpoints/sample-cnn');
const environment = { ...process.env };
let database: OpenTestDatabase;
/** Of an untrained network, and of the project's own. */
let untrained: string;
let trained: string;
let onTrain: string;

async function evaluated(services: Services, file: string, alias: string, split = 'test') {
  const { datasets, registration, aliases, evaluations } = services;
  const dataset = await datasets.register('sample-shapes');
  const { checkpoint } = await registration.fromPath(file, {});
  await aliases.set(alias, checkpoint.id);
  const { id } = await evaluations.request({
    checkpointId: checkpoint.id,
    datasetId: dataset.id,
    split,
    engine: 'onnx',
    batchSize: 64,
    force: true,
  });
  for await (const { failureMessage } of evaluations.watch(id)) {
    if (failureMessage !== null) throw new Error(failureMessage);
  }
  return id;
}

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
  const folder = await temporaryFolder();
  const config = path.join(folder, 'config.yaml');
  await writeFile(config, 'checkpoint_roots: []\nlog_level: silent\n');
  process.env.ASSAY_CONFIG = config;
  process.env.ASSAY_DATA_PATH = path.join(folder, 'data');
  process.env.DATABASE_URL = database.url;
  const model = await writeOnnxModel(path.join(folder, 'net.onnx'), path.join(folder, 'layers'));
  const services = await startServices(loadConfig());
  try {
    await services.startWorker();
    untrained = await evaluated(services, model, 'before');
    trained = await evaluated(services, OWN, 'champion');
    onTrain = await evaluated(services, OWN, 'champion', 'train');
  } finally {
    await services.stop();
  }
});

afterAll(async () => {
  process.env = environment;
  await database.end();
});

interface Compared {
  baseline: { resultId: string };
  candidate: { resultId: string };
  split: string;
  sampleCount: number;
  deltas: { metric: string; baseline: number; candidate: number; delta: number; lower: number }[];
  flips: { rightToWrong: number; wrongToRight: number };
  mcnemar: { onlyBaselineCorrect: number; onlyCandidateCorrect: number; pValue: number };
  classFlips: { className: string; rightToWrong: number }[];
  verdict: string;
  resamples: number;
}

const compare = (...args: string[]) => runAssay('compare', ...args);

it('compares two results by their ids, as one line of JSON', async () => {
  const ran = await compare(untrained, trained, '--json', '--resamples', '300');
  expect(ran.stdout.trim()).not.toContain('\n');
  const found = jsonOf(ran) as Compared;
  expect(found).toMatchObject({
    baseline: { resultId: untrained },
    candidate: { resultId: trained },
    sampleCount: 2_000,
    verdict: 'better',
    resamples: 300,
  });
  const accuracy = found.deltas.find(({ metric }) => metric === 'accuracy');
  const [stored] = await database.dataSource.query<{ accuracy: number }[]>(
    'SELECT accuracy FROM evaluation_result WHERE run_id = $1',
    [trained],
  );
  expect(accuracy?.candidate).toBe(stored?.accuracy);
  const { rightToWrong, wrongToRight } = found.flips;
  expect((wrongToRight - rightToWrong) / 2_000).toBeCloseTo(accuracy?.delta ?? NaN, 12);
  expect(found.mcnemar).toMatchObject({
    onlyBaselineCorrect: rightToWrong,
    onlyCandidateCorrect: wrongToRight,
  });
  expect(found.classFlips).toHaveLength(10);
});

it('takes the newest result of an alias on the dataset and split', async () => {
  const where = ['--dataset', 'sample-shapes', '--json', '--resamples', '100'];
  const onTest = jsonOf(await compare('before', 'champion', ...where)) as Compared;
  expect(onTest.candidate.resultId).toBe(trained);
  const found = jsonOf(await compare('champion', 'champion', ...where, '--split', 'train'));
  expect(found).toMatchObject({
    candidate: { resultId: onTrain },
    split: 'train',
    verdict: 'not distinguishable',
  });
});

it('says the same to a person, the verdict first', async () => {
  const { code, stdout, stderr } = await compare(untrained, trained);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Better: \+\d+\.\d\d points of accuracy, 95 % interval/);
  for (const text of [
    untrained,
    trained,
    'sample-shapes, split test, 2,000 samples',
    'paired bootstrap, 1,000 resamples, seed 42',
    'Macro-F1',
    'Right to wrong',
    'McNemar p = ',
  ]) {
    expect(stdout).toContain(text);
  }
  expect(stdout).toMatch(/^Accuracy +0\.\d{4} +0\.9\d{3} +\+0\.\d{4} +\+0\.\d{4} +\+0\.\d{4}$/m);
  expect(stdout).toMatch(/^ROC AUC, macro +0\.\d{4} +0\.9\d{3} +\+0\.\d{4} +- +-$/m);
});

it.each([
  [() => [randomUUID(), trained], 'RESULT_NOT_FOUND'],
  [() => ['nobody', trained], 'ALIAS_NOT_FOUND'],
  [
    () => ['before', trained, '--dataset', 'sample-shapes', '--split', 'train'],
    'ALIAS_NOT_EVALUATED',
  ],
  [() => ['before', trained], 'ALIAS_NOT_EVALUATED'],
  [() => [trained, onTrain], 'RESULTS_NOT_COMPARABLE'],
  [() => [trained], 'missing required argument'],
  [() => [trained, trained, '--level', '95'], '0.5 to 0.9999'],
  [() => [trained, trained, '--resamples', '99'], 'whole number of 100 to 10000'],
])('ends with 2 where it makes no sense: %#', async (args, said) => {
  const { code, stdout, stderr } = await compare(...args());
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});
