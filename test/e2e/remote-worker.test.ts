/** Workers that share nothing with the service but its database: they get their files from it over HTTP. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiTokenService } from '../../src/auth/api-token.service';
import { migrate } from '../../src/database/migrate';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { GraphQLClient } from '../support/graphql-client';
import { connectTo } from '../support/open-test-database';
import { assay, AssayProcess, freshDataFolder } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(150_000);

let database: TestDatabase;
const tokens = { worker: '', runner: '', admin: '' };

beforeAll(async () => {
  database = await createTestDatabase();
  const dataSource = await connectTo(database.url);
  await migrate(dataSource);
  for (const role of ['worker', 'runner', 'admin'] as const) {
    tokens[role] = (await new ApiTokenService(dataSource).create({ name: role, role })).token;
  }
  await dataSource.destroy();
});

afterAll(() => database.drop());

it('evaluate what they fetched, go on without the service, and keep what they have', async () => {
  const { models: folder, env: own } = await testConfig('evaluation: { shard_size: 500 }\n');
  const env = { ...own, DATABASE_URL: database.url };
  const servicePath = await freshDataFolder();
  const start = (port: string) =>
    new AssayProcess(['serve', '--no-worker'], servicePath, {
      ...env,
      HOST: '0.0.0.0',
      PORT: port,
    });
  let api = start('0');
  const { port } = new URL(await api.address());
  const address = `http://127.0.0.1:${port}`;
  const client = new GraphQLClient(address, tokens.admin);
  const { checkpoints, datasets } = (
    await client.send('{ checkpoints { nodes { id } } datasets { id } }')
  ).data as { checkpoints: { nodes: { id: string }[] }; datasets: { id: string }[] };
  const input = { checkpointId: checkpoints.nodes[0]?.id, datasetId: datasets[0]?.id };

  const workerPath = await freshDataFolder();
  const tokenFile = path.join(folder, 'token');
  await writeFile(tokenFile, `${tokens.worker}\n`, { mode: 0o600 });
  const args = ['worker', '--engines', 'onnx', '--api', address];
  const worker = new AssayProcess([...args, '--token-file', tokenFile], workerPath, {
    ...env,
    ASSAY_LOG_LEVEL: 'trace',
  });
  await worker.prints(/takes shards for onnx/);
  const first = await client.settled((await client.runEvaluation(input)).id);
  expect(first).toMatchObject({ state: 'SUCCEEDED', progress: { samplesDone: 2000 } });
  expect(await readdir(path.join(workerPath, 'cache', 'checkpoints'))).toHaveLength(1);
  expect(await readdir(path.join(workerPath, 'cache', 'splits'))).toHaveLength(1);

  // The service is away, and another worker starts on the same folder: what is there is enough.
  const { id } = await client.runEvaluation(input);
  await client.settled(id);
  worker.signal('SIGTERM');
  expect(await worker.ended).toMatchObject({ code: 0 });
  expect(worker.stdout + worker.stderr).not.toContain(tokens.worker.slice(10));
  const waiting = await client.runEvaluation(input);
  api.killHard();
  await api.ended;
  const second = new AssayProcess(args, workerPath, { ...env, ASSAY_TOKEN: tokens.worker });
  await second.prints(/takes shards for onnx/);
  expect(second.stderr).toContain('STORE_UNREACHABLE');
  const dataSource = await connectTo(database.url);
  const counts = async () =>
    dataSource.query<{ counts: string }[]>(
      'SELECT confusion_matrix::text AS counts FROM evaluation_result',
    );
  while ((await counts()).length < 3) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(new Set((await counts()).map(({ counts: found }) => found)).size).toBe(1);
  await dataSource.destroy();

  // Without its cache it needs the service again.
  await rm(path.join(workerPath, 'cache'), { recursive: true });
  api = start(port);
  await api.address();
  expect(await client.settled(waiting.id)).toMatchObject({ state: 'SUCCEEDED' });
  const last = await client.settled((await client.runEvaluation(input)).id);
  expect(last).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });

  // A corrupted split is made out of the one that it has fetched.
  const noisy = await client.runEvaluation({ ...input, split: 'test~noise-5-s42' });
  const found = { state: 'SUCCEEDED', attempt: 1, progress: { samplesDone: 2000 } };
  expect(await client.settled(noisy.id)).toMatchObject(found);
});

it('is told at its start what is wrong with its token, which nobody gets to see', async () => {
  const dataPath = await freshDataFolder();
  const { env: own } = await testConfig();
  const env = { ...own, DATABASE_URL: database.url };
  const api = new AssayProcess(['serve', '--no-worker'], dataPath, { ...env, HOST: '0.0.0.0' });
  const address = `http://127.0.0.1:${new URL(await api.address()).port}`;
  const ended = await assay(['worker', '--api', address], dataPath, {
    ...env,
    ASSAY_TOKEN: tokens.runner,
  });
  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^STORE_ACCESS_DENIED: .*assay token create --role worker/,
    ) as string,
  });
  expect(ended.stderr).not.toMatch(/assay_[A-Za-z0-9_-]{20}/);
});
