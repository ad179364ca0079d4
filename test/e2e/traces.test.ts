/** Traces of real processes at a real receiver: one tree from the request to the stored result, and no secret in it. */
import path from 'node:path';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import {
  type ReceivedSpan,
  startTraceReceiver,
  type TraceReceiver,
} from '../support/trace-receiver';
import { AssayProcess, freshDataFolder } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(240_000);

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SHARD_SIZE = 800;
const SECRET = 'SECRET-IN-VARIABLE';

let database: TestDatabase;
let receiver: TraceReceiver | undefined;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  await database.drop();
});

/** A service that evaluates nothing, a worker beside it, and what a run is asked for with. */
async function start(settings: NodeJS.ProcessEnv) {
  const dataPath = await freshDataFolder();
  const { models, env: own } = await testConfig(`evaluation: { shard_size: ${SHARD_SIZE} }\n`);
  const env = { ...own, DATABASE_URL: database.url, ...settings };
  await writeLayersModel(path.join(models, 'net'));
  const api = new AssayProcess(['serve', '--no-worker'], dataPath, env);
  const client = new GraphQLClient(await api.address());
  const checkpointId = await client.register('net');
  const [dataset] = (await client.field('datasets', '{ datasets { id } }')) as { id: string }[];
  const worker = new AssayProcess(['worker', '--engines', 'onnx'], dataPath, env);
  await worker.prints(/takes shards for onnx/);
  return { api, worker, client, models, input: { checkpointId, datasetId: dataset?.id } };
}

/** As a client with a trace of its own does. */
async function run(url: string, input: object, traceparent: string): Promise<string> {
  const query = `mutation SecretName($input: RunEvaluationInput!) { secretAlias: runEvaluation(input: $input) { id } }`;
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data } = (await answer.json()) as { data: { secretAlias: { id: string } } };
  return data.secretAlias.id;
}

async function end(...processes: AssayProcess[]): Promise<void> {
  for (const one of processes) one.signal('SIGTERM');
  for (const one of processes) expect(await one.ended).toMatchObject({ code: 0 });
}

it('one trace holds request, operation, run, shards in another process, and settlement', async () => {
  receiver = await startTraceReceiver();
  const { api, worker, client, models, input } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-receiver',
    OTEL_SERVICE_NAME: 'assay-test',
  });
  const key = { idempotencyKey: SECRET };
  const id = await run(client.url, { ...input, ...key }, `00-${TRACE}-${CALLER}-01`);
  expect((await client.settled(id)).state).toBe('SUCCEEDED');
  await client.send(`{ evaluationRun(id: "${SECRET}") { id } }`);
  await fetch(`${client.url}/health/ready`);
  await end(api, worker);

  const spans = receiver.spans.filter(({ traceId }) => traceId === TRACE);
  const named = (name: string) => spans.filter((span) => span.name === name);
  const only = (name: string): ReceivedSpan => {
    const found = named(name);
    expect({ name, count: found.length }).toEqual({ name, count: 1 });
    return found[0] as ReceivedSpan;
  };
  const request = only('POST /graphql');
  expect(request).toMatchObject({ parentSpanId: CALLER, kind: 2, failed: false });
  expect(request.attributes).toMatchObject({ 'http.route': '/graphql' });
  const operation = only('mutation runEvaluation');
  expect(operation.parentSpanId).toBe(request.spanId);
  const accepted = only('accept run');
  expect(accepted).toMatchObject({ parentSpanId: operation.spanId, kind: 4 });
  expect(accepted.attributes['assay.run.id']).toBe(id);

  const shards = named('evaluate shard');
  expect(shards).toHaveLength(Math.ceil(2000 / SHARD_SIZE));
  const indexes = shards.map(({ attributes }) => Number(attributes['assay.shard.index'])).sort();
  expect(indexes).toEqual([0, 1, 2]);
  for (const shard of shards) {
    expect(shard).toMatchObject({ parentSpanId: accepted.spanId, kind: 5, failed: false });
    expect(shard.resource['process.pid']).not.toBe(accepted.resource['process.pid']);
    expect(shard.resource['service.name']).toBe('assay-test');
    const children = spans.filter(({ parentSpanId }) => parentSpanId === shard.spanId);
    const names = children.map(({ name }) => name).sort();
    expect(names).toEqual(['compute shard', 'load shard', 'store shard']);
    const inside = children.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0n);
    expect(inside).toBeLessThanOrEqual(shard.nanoseconds);
  }
  const settled = only('settle run');
  expect(settled.parentSpanId).toBe(accepted.spanId);
  for (const name of ['compute result', 'store result']) {
    expect(only(name).parentSpanId).toBe(settled.spanId);
  }
  // Every parent is in the trace, but the caller's own span.
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const outside = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''));
  expect(outside).toEqual([request]);

  const refused = receiver.spans.find(({ attributes }) => attributes['error.type'] !== undefined);
  expect(refused).toMatchObject({ name: 'query evaluationRun', failed: true });
  expect(receiver.spans.filter(({ name }) => name.includes('health'))).toEqual([]);
  const all = receiver.requests.map(({ body }) => body).join('\n');
  expect(all).not.toMatch(/SECRET|secretAlias|SecretName|of-the-receiver/);
  expect(all).not.toContain(path.dirname(models));
  expect(all).not.toContain(new URL(database.url).password);
  for (const { path: address, headers } of receiver.requests) {
    expect(address).toBe('/v1/traces');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer of-the-receiver',
    });
  }
});

it.each([
  ['is not there', 'none'],
  ['takes and never answers', 'never'],
  ['refuses', 'refuse'],
] as const)(
  'a receiver that %s disturbs neither runs nor the end of a process',
  async (_, kind) => {
    receiver = await startTraceReceiver(kind === 'none' ? 'ok' : kind);
    const { endpoint } = receiver;
    if (kind === 'none') await receiver.close();
    const { api, worker, client, input } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    for (let i = 0; i < 3; i++) {
      const { id } = await client.runEvaluation(input);
      expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    }
    if (kind !== 'none') {
      await eventually('an export has been tried', () => (receiver?.requests.length ?? 0) > 0);
    }
    // Of their own accord, and with one word of what was lost.
    await end(api, worker);
    const told = (worker.stderr.match(/traces could not be delivered/g) ?? []).length;
    expect(told).toBeLessThanOrEqual(1);
    expect(worker.stderr + api.stderr).not.toContain(new URL(endpoint).port);
  },
);

it('makes nothing of what it is not asked for', async () => {
  receiver = await startTraceReceiver();
  const { api, worker, client, input } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_SDK_DISABLED: 'true',
  });
  const id = await run(client.url, input, `00-${TRACE}-${CALLER}-01`);
  expect((await client.settled(id)).state).toBe('SUCCEEDED');
  await end(api, worker);
  expect(receiver.requests).toEqual([]);
});

it('a caller whose trace is not kept makes none that is', async () => {
  receiver = await startTraceReceiver();
  const { api, worker, client, input } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
  });
  const id = await run(client.url, input, `00-${TRACE}-${CALLER}-00`);
  expect((await client.settled(id)).state).toBe('SUCCEEDED');
  await end(api, worker);
  expect(receiver.spans.length).toBeGreaterThan(0);
  expect(receiver.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
  expect(receiver.spans.filter(({ name }) => name.includes('shard'))).toEqual([]);
});
