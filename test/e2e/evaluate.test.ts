/** `assay evaluate`: what it prints where, how it ends, and what it leaves in the database. */
import path from 'node:path';
import { Client } from 'pg';
import { projectRoot } from '../../src/config/project-root';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { SLOW_FILTERS, writeLayersModel } from '../support/layers-models';
import { createTestDatabase } from '../support/postgres';
import { temporaryFolder } from '../support/temporary-folder';
import { assay, AssayProcess, freshDataFolder, postgresOf } from './assay-process';

jest.setTimeout(150_000);

let models: string;
const ON_SAMPLES = ['evaluate', '--dataset', 'sample-shapes'];

beforeAll(async () => {
  models = await temporaryFolder();
  await writeLayersModel(path.join(models, 'linear'));
  await writeLayersModel(path.join(models, 'nan'), { firstBias: NaN });
  await writeLayersModel(path.join(models, 'slow'), { filters: SLOW_FILTERS });
});

const model = (name: string) => ['--checkpoint', path.join(models, name)];

describe('evaluate', () => {
  it('takes a corrupted split by its name, and says which corruptions there are', async () => {
    const dataPath = await freshDataFolder();
    const shipped = ['--checkpoint', path.join(projectRoot(), 'checkpoints', 'sample-cnn')];
    const noisy = [...ON_SAMPLES, ...shipped, '--json', '--split', 'test~noise-4-s42'];
    const ended = await assay(noisy, dataPath);
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ split: 'test~noise-4-s42', n: 2000 });
    const refused = await assay([...ON_SAMPLES, '--split', 'test~fog-4-s42'], dataPath);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('noise, blur, shift, rotation, contrast, occlusion');
  });

  it('ends with 0 where the gate passes, and shows result and thresholds', async () => {
    const ended = await assay([...ON_SAMPLES, '--gate'], await freshDataFolder());
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/Accuracy +0\.\d{4} +\(0\.\d{4} to 0\.\d{4}\)/);
    expect(ended.stdout).toMatch(/ROC AUC, macro +0\.\d{4}/);
    expect(ended.stdout).toMatch(/95 % bootstrap intervals, 1,000 resamples, seed 0/);
    expect(ended.stdout).toMatch(/accuracy +≥ 0\.7 +0\.\d+ +- +passed/);
    expect(ended.stdout).toContain('Gate passed.');
    expect(ended.stderr).toMatch(/Evaluating: 100\.0%/);
    // Neither colours nor redrawn bars where nobody watches.
    expect(ended.stdout + ended.stderr).not.toMatch(/[\x1b\r]/);
  });

  it('prints one line of JSON on stdout and nothing else, and ends with 1 where the gate is missed', async () => {
    const dataPath = await freshDataFolder();
    const flags = ['--json', '--gate', '--engine', 'onnx', '--batch-size', '100'];
    const ended = await assay([...ON_SAMPLES, ...model('linear'), ...flags], dataPath);
    expect(ended.code).toBe(1);
    expect(ended.stdout.endsWith('\n')).toBe(true);
    expect(ended.stdout.trimEnd()).not.toContain('\n');
    const result = JSON.parse(ended.stdout) as Record<string, unknown>;
    expect(result).toMatchObject({
      dataset: 'sample-shapes',
      split: 'test',
      engine: 'onnx',
      backend: 'onnxruntime',
      n: 2000,
      topK: { 5: expect.any(Number) as number },
      rocAucOvr: {
        perClass: { 9: expect.any(Number) as number },
        macro: expect.any(Number) as number,
      },
      expectedCalibrationError15: expect.any(Number) as number,
      bootstrap: {
        resamples: 1000,
        intervals: {
          macroF1: { low: expect.any(Number) as number, high: expect.any(Number) as number },
        },
      },
      gate: { passed: false, checks: [{ metric: 'accuracy', passed: false }, { passed: false }] },
    });
    expect(result.confusionMatrix).toHaveLength(10);
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it.each([
    ['a checkpoint that is not there', ['--checkpoint', '/nowhere/at-all'], 'CHECKPOINT_NOT_FOUND'],
    ['a dataset nobody knows', ['--dataset', 'mnist-3d'], 'DATASET_UNKNOWN'],
    ['a split that is not there', ['--split', 'validation'], 'DATASET_SPLIT_UNKNOWN'],
    ['an engine that is none', ['--engine', 'torch'], 'Allowed choices are onnx, tfjs'],
    ['a batch size that is no number', ['--batch-size', '1.5'], 'a whole number of 1 to 4096'],
    ['weights that are no numbers', undefined, 'LOGITS_NOT_FINITE'],
  ])('ends with 2 and a reason for %s', async (_, flags, reason) => {
    const args = [...ON_SAMPLES, ...(flags ?? model('nan'))];
    const ended = await assay([...args, '--json'], await freshDataFolder());
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(reason);
    expect(ended.stderr).not.toMatch(/\n\s+at |internal error/);
  });

  it('is CANCELLED by Ctrl-C, and does not end with 0', async () => {
    const dataPath = await freshDataFolder();
    const child = new AssayProcess([...ON_SAMPLES, ...model('slow')], dataPath);
    await eventually('progress', () => /Evaluating: \d\d?\.\d%/.test(child.stderr), 90_000);
    child.pressCtrlC();
    const ended = await child.ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('RUN_CANCELLED');
    expect(ended.stdout).toBe('');
    expect(postgresOf(dataPath)).toBeUndefined();
    const rows = await query(dataPath, 'SELECT state, failure_code FROM evaluation_run');
    expect(rows).toEqual([{ state: 'CANCELLED', failure_code: null }]);
    expect(await query(dataPath, 'SELECT run_id FROM evaluation_result')).toEqual([]);
  });

  it('ends in good order where the reader of its output has left', async () => {
    const dataPath = await freshDataFolder();
    const child = new AssayProcess([...ON_SAMPLES, ...model('linear')], dataPath);
    child.stopReading();
    const ended = await child.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toContain('EPIPE');
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it('works beside a service on the same data folder, which then shows the result', async () => {
    const dataPath = await freshDataFolder();
    const service = new AssayProcess(['serve'], dataPath);
    const client = new GraphQLClient(await service.address());
    const ended = await assay([...ON_SAMPLES, ...model('linear'), '--json'], dataPath);
    expect(ended.code).toBe(0);
    const { runId } = JSON.parse(ended.stdout) as { runId: string };
    expect((await client.results()).map(({ id }) => id)).toContain(runId);
    expect(postgresOf(dataPath)).toBeDefined();
    service.signal('SIGINT');
    expect((await service.ended).code).toBe(0);
  });

  it('stores in the PostgreSQL of DATABASE_URL and starts none, or says that it does not answer', async () => {
    const database = await createTestDatabase();
    const dataPath = await freshDataFolder();
    try {
      const env = { DATABASE_URL: database.url };
      const ended = await assay([...ON_SAMPLES, ...model('linear'), '--json'], dataPath, env);
      expect(ended.code).toBe(0);
      expect(postgresOf(dataPath)).toBeUndefined();
      const client = new Client({ connectionString: database.url });
      await client.connect();
      const { rows } = await client.query('SELECT run_id FROM evaluation_result');
      await client.end();
      expect(rows).toEqual([{ run_id: (JSON.parse(ended.stdout) as { runId: string }).runId }]);
    } finally {
      await database.drop();
    }
    const DATABASE_URL = 'postgres://assay:s3cret@127.0.0.1:1/assay';
    const refused = await assay(ON_SAMPLES, dataPath, { DATABASE_URL });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^DATABASE_UNREACHABLE: /);
    expect(refused.stderr).not.toMatch(/s3cret|\n\s+at /);
  });
});

async function query(dataPath: string, sql: string): Promise<unknown[]> {
  const server = await startEmbeddedPostgres({ dataDir: path.join(dataPath, 'postgres') });
  const client = new Client(server.connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
    await server.stop();
  }
}
