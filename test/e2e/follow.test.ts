/** Runs that other processes compute, followed to their end: over a WebSocket and from the terminal. */
import path from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually';
import { GraphQLClient, RUN_FIELDS, type RunView } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { connectTo } from '../support/open-test-database';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { assay, AssayProcess, freshDataFolder, postgresOf } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(150_000);

const FOLLOW = `subscription ($id: ID!) { evaluationRunUpdated(id: $id) { ${RUN_FIELDS} } }`;

let dataPath: string;
let env: NodeJS.ProcessEnv;

interface Stage {
  client: GraphQLClient;
  input: Record<string, unknown>;
}

/** A service that evaluates nothing itself, and a net of which 2,000 images take many seconds. */
async function stage(more: NodeJS.ProcessEnv = {}): Promise<Stage> {
  dataPath = await freshDataFolder();
  const config = await testConfig('evaluation: { shard_size: 500 }\n');
  env = { ...config.env, ...more };
  await writeLayersModel(path.join(config.models, 'net'), { filters: [192, 192] });
  const api = new AssayProcess(['serve', '--no-worker'], dataPath, env);
  const client = new GraphQLClient(await api.address());
  const checkpointId = await client.register('net');
  const datasets = (await client.field('datasets', '{ datasets { id } }')) as { id: string }[];
  return { client, input: { checkpointId, datasetId: datasets[0]?.id, batchSize: 8 } };
}

async function startWorker(): Promise<AssayProcess> {
  const worker = new AssayProcess(['worker', '--engines', 'onnx'], dataPath, env);
  await worker.prints(/takes shards/);
  return worker;
}

describe('a subscription', () => {
  let database: TestDatabase;
  let socket: Client | undefined;

  beforeEach(async () => (database = await createTestDatabase()));
  afterEach(async () => {
    await socket?.dispose();
    await database.drop();
  });

  it('tells of a worker in another process, and after each break goes on from the last state', async () => {
    const { client, input } = await stage({ DATABASE_URL: database.url });
    const { id } = await client.runEvaluation(input);
    let connections = 0;
    socket = createClient({
      url: `${client.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 20,
      shouldRetry: () => true,
      on: { connected: () => (connections += 1) },
    });
    const updates: RunView[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      socket?.subscribe<{ evaluationRunUpdated: RunView }>(
        { query: FOLLOW, variables: { id } },
        {
          next: ({ data }) => data && updates.push(data.evaluationRunUpdated),
          error: reject,
          complete: resolve,
        },
      );
    });
    const seen = () => updates.at(-1)?.progress.samplesDone ?? 0;
    await eventually('the waiting run', () => updates[0]?.state === 'QUEUED');
    await startWorker();
    await eventually('progress', () => seen() > 0);

    // The service's own ear: the connection that listens, and with it all others.
    const admin = await connectTo(database.url);
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await admin.destroy();
    const before = seen();
    await eventually('progress after the service was deaf', () => seen() > before);
    expect(connections).toBe(1);

    // The reader's line.
    const lost = updates.length;
    socket.terminate();
    await eventually('the reader is back', () => connections === 2 && updates.length > lost);
    expect(updates[lost]?.progress.samplesDone).toBeGreaterThanOrEqual(
      updates[lost - 1]?.progress.samplesDone ?? Infinity,
    );
    await ended;
    expect(updates.at(-1)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    const done = updates.map(({ progress }) => progress.samplesDone);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(2000);
  });
});

describe('assay evaluate --follow', () => {
  it('shows progress and result of a run elsewhere, through the death of the embedded PostgreSQL', async () => {
    const { client, input } = await stage();
    await startWorker();
    const { id } = await client.runEvaluation(input);
    const follower = new AssayProcess(['evaluate', '--follow', id.toUpperCase()], dataPath, env);
    const left = new AssayProcess(['evaluate', '--follow', id], dataPath, env);
    const under = async () => (await client.run(id).catch(() => undefined))?.progress.samplesDone;
    await eventually('the run is under way', async () => Number(await under()) > 100);
    await eventually('both follow', () =>
      [follower, left].every(({ stderr }) => /Evaluating.*images\/s/.test(stderr)),
    );
    left.signal('SIGINT');
    expect(await left.ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`RUN_LEFT: the run goes on`) as string,
    });

    const killed = postgresOf(dataPath) ?? 0;
    process.kill(killed, 'SIGKILL');
    const next = await eventually('another PostgreSQL', () => {
      const pid = postgresOf(dataPath);
      return pid !== killed && pid;
    });
    expect(next).not.toBe(killed);
    await eventually('the service has it', async () => (await under()) !== undefined);
    expect(await client.settled(id)).toMatchObject({ state: 'SUCCEEDED' });
    const { code, stdout, stderr } = await follower.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain(id);
    expect(stdout).toMatch(/Accuracy/i);
    expect(await client.runEvaluation({ ...input, force: false })).toMatchObject({ id });

    // One that has ended is shown at once; one that was never there, and what is no id, is refused.
    const again = await assay(['evaluate', '--follow', id, '--json'], dataPath, env);
    expect(JSON.parse(again.stdout)).toMatchObject({ runId: id });
    const unknown = '00000000-0000-4000-8000-000000000000';
    const none = await assay(['evaluate', '--follow', unknown], dataPath, env);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^RUN_NOT_FOUND/) as string,
    });
  });

  it.each([['7'], ['00000000-0000-4000-8000-000000000000', '--force']])(
    'refuses %j',
    async (...args) => {
      const { code } = await assay(['evaluate', '--follow', ...args], await freshDataFolder());
      expect(code).toBe(2);
    },
  );
});
