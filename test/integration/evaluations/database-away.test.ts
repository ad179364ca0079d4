/** The database goes away and comes back: the service says so, gives nothing away, and recovers. */
import path from 'node:path';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;
let datasetId: string;
let checkpointId: string;
let admin: Client;
let database: string;

beforeAll(async () => {
  service = await startTestService({
    // The smallest that config.yaml may ask for: whatever held two connections at a time would hang.
    configure: (config) => (config.database.poolSize = 2),
  });
  datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
  checkpointId = await service.client.register(
    await writeLayersModel(path.join(service.root, 'linear')),
  );
  const url = new URL(service.database.url);
  database = url.pathname.slice(1);
  url.pathname = '/postgres';
  admin = new Client({ connectionString: url.href });
  await admin.connect();
});

afterAll(async () => {
  await admin.query(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`);
  await admin.end();
  await service.end();
});

async function ready() {
  const response = await fetch(`${service.app.url}/health/ready`);
  return { status: response.status, text: await response.text() };
}

async function takeAway() {
  await admin.query(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`);
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    database,
  ]);
}

it('works with two connections, many requests and a run at once', async () => {
  const run = await service.client.runEvaluation({ checkpointId, datasetId });
  const nested =
    '{ evaluationRuns { nodes { id checkpoint { id } dataset { id } result { id } } } }';
  const answers = await Promise.all(Array.from({ length: 20 }, () => service.client.send(nested)));
  for (const { errors } of answers) expect(errors).toEqual([]);
  expect((await service.client.settled(run.id)).state).toBe('SUCCEEDED');
});

it('is ready with its database, not without it, and again when it is back', async () => {
  expect(await ready()).toEqual({ status: 200, text: '{"status":"ok"}' });
  await takeAway();
  const away = await eventually('the service is not ready', async () => {
    const answer = await ready();
    return answer.status === 503 && answer;
  });
  expect(JSON.parse(away.text)).toMatchObject({ status: 'unavailable', code: 'NOT_READY' });
  expect((await fetch(`${service.app.url}/health/live`)).status).toBe(200);

  const { errors, text } = await service.client.send('{ checkpoints { nodes { id } } }');
  expect(errors).toHaveLength(1);
  expect(errors[0]?.extensions.code).toBe('DATABASE_UNREACHABLE');
  expect(text).not.toContain(database);
  expect(text).not.toMatch(/not currently accepting|127\.0\.0\.1|SELECT|stacktrace/);

  await admin.query(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`);
  await eventually('the service is ready again', async () => (await ready()).status === 200);
  const run = await service.client.runEvaluation({ checkpointId, datasetId });
  expect((await service.client.settled(run.id)).state).toBe('SUCCEEDED');
});
