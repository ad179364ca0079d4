/** /metrics of the whole service: what it counts, that no caller can make series, and who may read it. */
import { request } from 'node:http';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { eventually } from '../../support/eventually';
import { writeLayersModel } from '../../support/layers-models';
import { type Samples, scrape } from '../../support/scrape';
import { startTestService, type TestService } from '../../support/test-service';
import { bearer, startGuarded } from '../auth/guarded-service';

let service: TestService;
let datasetId: string;

beforeAll(async () => {
  service = await startTestService({ configure: ({ evaluation }) => (evaluation.shardSize = 500) });
  datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
});

afterAll(() => service.end());

const read = () => scrape(service.app.url);
const namesOf = (samples: Samples) => [...samples.keys()].filter((name) => /^assay_/.test(name));

/** By node:http, which lets through what fetch would tidy up. */
function send(method: string, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${service.app.url}${address}`, { method }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sent.once('error', reject).end();
  });
}

it('counts runs, shards and images by what really happened', async () => {
  const { root, client } = service;
  const before = await read();
  expect(before.get('assay_runs{state="SUCCEEDED"}')).toBe(0);
  expect(
    before.get('assay_shard_seconds_count{engine="onnx",outcome="succeeded"}'),
  ).toBeUndefined();
  const checkpointId = await client.register(await writeLayersModel(path.join(root, 'linear')));
  const run = await client.runEvaluation({ checkpointId, datasetId });
  expect((await client.settled(run.id)).state).toBe('SUCCEEDED');

  const after = await read();
  expect(after.get('assay_shard_seconds_count{engine="onnx",outcome="succeeded"}')).toBe(4);
  expect(after.get('assay_images_total{engine="onnx"}')).toBe(2000);
  const [row] = await service.app.services.database.dataSource.query<{ seconds: number }[]>(
    'SELECT sum(inference_ms) / 1000 AS seconds FROM evaluation_shard WHERE run_id = $1',
    [run.id],
  );
  expect(after.get('assay_inference_seconds_total{engine="onnx"}')).toBeCloseTo(
    row?.seconds ?? 0,
    6,
  );
  const answered = 'assay_graphql_operation_seconds_count{operation="mutation",field="';
  expect(after.get(`${answered}runEvaluation",outcome="ok"}`)).toBe(1);
  const route = 'assay_http_request_seconds_count{method="POST",route="/graphql",status="200"}';
  expect(after.get(route)).toBeGreaterThanOrEqual(3);
});

it('gives the state of the database: runs by state, workers, queues and their age', async () => {
  expect((await read()).get('assay_workers')).toBe(1);
  const idle = await startTestService({ worker: false });
  try {
    const dataset = await idle.app.services.datasets.register('sample-shapes');
    const checkpointId = await idle.client.register(
      await writeLayersModel(path.join(idle.root, 'linear')),
    );
    await idle.client.runEvaluation({ checkpointId, datasetId: dataset.id });
    await idle.app.services.database.dataSource.query(
      `UPDATE evaluation_shard SET queued_at = now() - interval '90 s'`,
    );
    const samples = await scrape(idle.app.url);
    expect(samples.get('assay_runs{state="QUEUED"}')).toBe(1);
    expect(samples.get('assay_runs{state="FAILED"}')).toBe(0);
    expect(samples.get('assay_shards_waiting{engine="onnx"}')).toBe(1);
    expect(samples.get('assay_shards_waiting{engine="tfjs"}')).toBe(0);
    expect(samples.get('assay_queue_oldest_seconds{engine="onnx"}')).toBeGreaterThanOrEqual(90);
    expect(samples.get('assay_workers')).toBe(0);
    expect(samples.get('assay_database_up')).toBe(1);
  } finally {
    await idle.end();
  }
});

it('makes no series of what callers choose: paths, methods, names, aliases, unknown fields', async () => {
  const attempt = async (n: number) => {
    await send('GET', `/nowhere/${n}?q=${n}`);
    await send('PROPFIND', `/nowhere/${n}`);
    await service.client.send(`query Q${n} { a${n}: me { name } }`);
    await service.client.send(`{ unknown${n} }`);
    await service.client.send(`{ me { name } x${n}: __typename }`);
    await service.client.send(`}${n}`);
    await socketQuery(`query W${n} { b${n}: me { name } }`);
    await socketQuery(`{ unknown${n} }`);
  };
  await attempt(0);
  const before = namesOf(await read());
  for (let n = 1; n <= 5; n++) await attempt(n);
  const after = await read();
  expect(namesOf(after)).toEqual(before);
  expect(JSON.stringify([...after.keys()])).not.toMatch(/nowhere|unknown\d|PROPFIND/);
  const count = 'assay_graphql_operation_seconds_count';
  expect(after.get(`${count}{operation="unknown",field="none",outcome="refused"}`)).toBe(18);
  expect(after.get(`${count}{operation="query",field="me",outcome="ok"}`)).toBe(12);
  expect(after.get(`${count}{operation="query",field="several",outcome="ok"}`)).toBe(6);
});

it('is there while the database is away, and says so instead of giving old figures', async () => {
  const lost = await startTestService();
  const url = new URL(lost.database.url);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  try {
    expect((await scrape(lost.app.url)).get('assay_workers')).toBe(1);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      name,
    ]);
    const away = await eventually('the figures are gone', async () => {
      const samples = await scrape(lost.app.url);
      return samples.get('assay_database_up') === 0 && samples;
    });
    expect([...away.keys()].filter((key) => key.startsWith('assay_runs'))).toEqual([]);
    expect(away.get('assay_workers')).toBeUndefined();
    expect(away.get('process_start_time_seconds')).toBeGreaterThan(0);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await eventually('the figures are back', async () => {
      const samples = await scrape(lost.app.url);
      return (
        samples.get('assay_database_up') === 1 && samples.get('assay_runs{state="QUEUED"}') === 0
      );
    });
  } finally {
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await admin.end();
    await lost.end();
  }
});

it('is for whoever may read, where others can reach the service', async () => {
  const guarded = await startGuarded('0.0.0.0');
  try {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${guarded.url}/metrics`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status(bearer(guarded.tokens.worker))).toBe(403);
    expect(await status(bearer(guarded.tokens.viewer))).toBe(200);
    expect(await status(bearer(guarded.tokens.admin))).toBe(200);
  } finally {
    await guarded.end();
  }
});

async function socketQuery(query: string): Promise<void> {
  const socket = createClient({
    url: `${service.app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  try {
    for await (const answer of socket.iterate({ query })) expect(answer).toBeDefined();
  } catch (error) {
    // The protocol answers a refused operation with a list of errors.
    expect(Array.isArray(error)).toBe(true);
  } finally {
    await socket.dispose();
  }
}
