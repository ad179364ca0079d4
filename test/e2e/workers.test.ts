/** Worker processes beside a service that evaluates nothing itself: they share, they are killed, they drain. */
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { connectTo } from '../support/open-test-database';
import { brokenInvariants } from '../support/run-invariants';
import { scrape } from '../support/scrape';
import { assay, AssayProcess, freshDataFolder } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(150_000);

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

it('share the shards of a run; one that is killed loses its shard to another within 15 s', async () => {
  const dataPath = await freshDataFolder();
  const { models, env: own } = await testConfig(
    'evaluation: { shard_size: 200 }\nworker: { drain_ms: 30000 }\n',
  );
  const env = { ...own, DATABASE_URL: database.url };
  await writeLayersModel(path.join(models, 'net'), { filters: [128, 128] });
  const api = new AssayProcess(['serve', '--no-worker'], dataPath, env);
  const client = new GraphQLClient(await api.address());
  const checkpointId = await client.register('net');
  const datasets = await client.field('datasets', '{ datasets { id } }');
  const datasetId = (datasets as { id: string }[])[0]?.id;
  const workers = [1, 2].map(
    () => new AssayProcess(['worker', '--engines', 'onnx'], dataPath, env),
  );
  for (const worker of workers) await worker.prints(/takes shards for onnx/);

  const { id } = await client.runEvaluation({ checkpointId, datasetId, batchSize: 8 });
  const dataSource = await connectTo(database.url);
  try {
    const running = () =>
      dataSource.query<{ shard: number; pid: number }[]>(
        `SELECT s.shard, w.pid FROM evaluation_shard s JOIN worker w ON w.id = s.worker_id
          WHERE s.run_id = $1 AND s.state = 'RUNNING' AND s.samples_done > 0`,
        [id],
      );
    const before = await eventually('both are in the middle of a shard', async () => {
      const rows = await running();
      return new Set(rows.map(({ pid }) => pid)).size === 2 && rows;
    });
    const [victim, survivor] = workers;
    const [hit] = before.filter(({ pid }) => pid === victim?.pid);
    const { text } = await client.send('{ workers { pid shards { runId } } }');
    for (const { pid } of before) expect(text).toContain(String(pid));
    victim?.killHard();
    const killedAt = Date.now();
    await eventually('the shard has started elsewhere', async () => {
      const [row] = await dataSource.query<{ attempt: number }[]>(
        'SELECT attempt FROM evaluation_shard WHERE run_id = $1 AND shard = $2',
        [id, hit?.shard],
      );
      return row?.attempt === 2;
    });
    const seconds = (Date.now() - killedAt) / 1000;
    process.stdout.write(
      `a killed worker's shard started elsewhere after ${seconds.toFixed(1)} s\n`,
    );
    expect(seconds).toBeLessThan(15);

    // SIGTERM in the middle: what it has begun it ends, and another worker does the rest.
    survivor?.signal('SIGTERM');
    expect(await survivor?.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await running()).toEqual([]);
    const { code, stdout } = await assay(['workers'], dataPath, env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/No worker lives/);
    const third = new AssayProcess(['worker'], dataPath, env);
    await third.prints(/takes shards for onnx and tfjs/);
    expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    third.signal('SIGTERM');
    expect((await third.ended).code).toBe(0);

    const [result] = await dataSource.query<{ counts: number[][] }[]>(
      'SELECT to_json(confusion_matrix) AS counts FROM evaluation_result WHERE run_id = $1',
      [id],
    );
    const counts = result?.counts ?? [];
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(2000);
    const known = { sampleCount: 2000, confusionMatrix: counts };
    expect(await brokenInvariants(dataSource, [id], known)).toEqual([]);
  } finally {
    await dataSource.destroy();
  }
});

it('answers probes and scrapers where it is asked to, with what it has done itself', async () => {
  const dataPath = await freshDataFolder();
  const { models, env: own } = await testConfig();
  const env = { ...own, DATABASE_URL: database.url };
  await writeLayersModel(path.join(models, 'linear'));
  const api = new AssayProcess(['serve', '--no-worker'], dataPath, env);
  const client = new GraphQLClient(await api.address());
  const worker = new AssayProcess(['worker', '--probes'], dataPath, env);
  const [, url = ''] = await worker.prints(/Health and metrics answer at (\S+)/);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${url}/graphql`)).status).toBe(404);
  const checkpointId = await client.register('linear');
  const datasets = await client.field('datasets', '{ datasets { id } }');
  const run = await client.runEvaluation({
    checkpointId,
    datasetId: (datasets as { id: string }[])[0]?.id,
  });
  expect((await client.settled(run.id)).state).toBe('SUCCEEDED');
  const images = 'assay_images_total{engine="onnx"}';
  expect((await scrape(url)).get(images)).toBe(2000);
  const elsewhere = await scrape(client.url);
  expect(elsewhere.get(images)).toBeUndefined();
  expect(elsewhere.get('assay_runs{state="SUCCEEDED"}')).toBe(1);
  worker.signal('SIGTERM');
  expect(await worker.ended).toMatchObject({ code: 0, stderr: '' });
  await expect(fetch(`${url}/health/live`)).rejects.toThrow();
});

it('refuses engines and numbers that make no sense', async () => {
  const dataPath = await freshDataFolder();
  for (const args of [
    ['--engines', 'onnx,torch'],
    ['--engines', ''],
    ['--concurrency', '0'],
    ['--concurrency', 'many'],
  ]) {
    const { code, stderr } = await assay(['worker', ...args], dataPath);
    expect(code).toBe(2);
    expect(stderr).toMatch(/needed/);
  }
});
