/** The log of real processes: each line about a request tells its id, each line about a run the run, shard and worker. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { AssayProcess, freshDataFolder } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(150_000);

interface Line {
  msg: string;
  level: number;
  pid: number;
  [key: string]: unknown;
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const linesOf = ({ stderr }: AssayProcess) =>
  stderr
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as Line);

it('ties a request to its run, and the run to the shards that workers did', async () => {
  const dataPath = await freshDataFolder();
  const { models, env: own } = await testConfig('evaluation: { shard_size: 800 }\n');
  const env = { ...own, DATABASE_URL: database.url, ASSAY_LOG_LEVEL: 'debug' };
  await writeLayersModel(path.join(models, 'net'));
  const api = new AssayProcess(['serve', '--no-worker'], dataPath, env);
  const url = await api.address();
  const client = new GraphQLClient(url);
  const checkpointId = await client.register('net');
  const [dataset] = (await client.field('datasets', '{ datasets { id } }')) as { id: string }[];
  const worker = new AssayProcess(['worker', '--engines', 'onnx'], dataPath, env);
  await worker.prints(/takes shards for onnx/);

  // The caller's own id, as a proxy before the service sends it.
  const requestId = `edge-${randomUUID()}`;
  const ask = async (query: string, id: string) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': id },
      body: JSON.stringify({ query }),
    });
    return { id: answer.headers.get('x-request-id') ?? '', text: await answer.text() };
  };
  const input = `checkpointId: "${checkpointId}", datasetId: "${dataset?.id ?? ''}", force: true`;
  const asked = await ask(`mutation { runEvaluation(input: {${input}}) { id } }`, requestId);
  expect(asked.id).toBe(requestId);
  const runId = /"id":"([^"]+)"/.exec(asked.text)?.[1] ?? '';
  expect((await client.settled(runId)).state).toBe('SUCCEEDED');

  // By WebSocket, whose upgrade is a request too.
  const socketId = `edge-${randomUUID()}`;
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers: { 'x-request-id': socketId } });
      }
    },
  });
  let second = '';
  for await (const { data } of socket.iterate({
    query: `mutation { runEvaluation(input: {${input}}) { id } }`,
  })) {
    second = (data?.['runEvaluation'] as { id: string }).id;
  }
  await socket.dispose();
  expect((await client.settled(second)).state).toBe('SUCCEEDED');
  await client.send(`mutation { cancelEvaluation(id: "${second}") { id } }`);

  for (const bad of ['short', `with space ${randomUUID()}`, 'x'.repeat(129), '{"level":60}....']) {
    const { id } = await ask('{ me { name } }', bad);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  }
  await eventually('the last lines', () =>
    linesOf(api).some(({ msg }) => /websocket closed/.test(msg)),
  );
  for (const one of [api, worker]) one.signal('SIGTERM');
  for (const one of [api, worker]) expect((await one.ended).code).toBe(0);

  const ofApi = linesOf(api);
  const ofRequest = ofApi.filter((line) => line['requestId'] === requestId);
  expect(ofRequest.map(({ msg }) => msg)).toEqual(['a run was accepted', 'request']);
  expect(ofRequest[0]).toMatchObject({ runId, checkpointId, split: 'test', engine: 'onnx' });
  const ofSocket = ofApi.filter((line) => line['requestId'] === socketId);
  expect(ofSocket).toContainEqual(
    expect.objectContaining({ msg: 'a run was accepted', runId: second, operation: 1 }),
  );
  for (const line of ofApi.filter(({ msg }) => /request|websocket|run was/.test(msg))) {
    expect(line['requestId']).toMatch(/^[\w-]{16,}$/);
  }

  const ofWorker = linesOf(worker);
  const workers = new Set(ofWorker.map((line) => line['workerId']));
  expect(workers.size).toBe(1);
  expect([...workers][0]).toMatch(/^[0-9a-f-]{36}$/);
  const shards = ofWorker.filter(({ msg }) => /^a shard/.test(msg));
  for (const run of [runId, second]) {
    // One is stored while the next is computed: their lines mix, each shard's own keep their order.
    const own = [0, 1, 2].flatMap((shard) =>
      shards.filter((line) => line['runId'] === run && line['shard'] === shard),
    );
    const told = own.map(({ msg, shard, attempt, outcome }) => [shard, attempt, msg, outcome]);
    expect(told).toEqual(
      [0, 1, 2].flatMap((shard) => [
        [shard, 1, 'a shard was started', undefined],
        [shard, 1, 'a shard has ended', 'succeeded'],
      ]),
    );
    expect(ofWorker).toContainEqual(
      expect.objectContaining({ msg: 'a run has its result', runId: run, attempt: 1 }),
    );
  }
});
