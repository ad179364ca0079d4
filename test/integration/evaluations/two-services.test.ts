/** Two services side by side on one database: they accept, tell and evaluate as one. (`cancel-and-stop` has the cancelling.) */
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type App, startApp } from '../../../src/app';
import { eventually } from '../../support/eventually';
import { GraphQLClient, type RunView } from '../../support/graphql-client';
import { writeLayersModel } from '../../support/layers-models';
import { brokenInvariants } from '../../support/run-invariants';
import { startTestService, type TestService } from '../../support/test-service';

let one: TestService;
let other: App;
let clients: [GraphQLClient, GraphQLClient];
let input: { checkpointId: string; datasetId: string };

beforeAll(async () => {
  one = await startTestService({ configure: ({ evaluation }) => (evaluation.shardSize = 100) });
  other = await startApp(one.loaded);
  clients = [one.client, new GraphQLClient(other.url)];
  const { id: datasetId } = await one.app.services.datasets.register('sample-shapes');
  const quick = await writeLayersModel(path.join(one.root, 'quick'), { filters: [8] });
  input = { checkpointId: await clients[0].register(quick), datasetId };
});

afterAll(async () => {
  await other.stop();
  await one.end();
});

it('one key sent to both at the same time is one run', async () => {
  const asked = { ...input, idempotencyKey: 'one for two' };
  const runs = await Promise.all(
    Array.from({ length: 10 }, (_, index) => clients[index % 2 ? 1 : 0].runEvaluation(asked)),
  );
  const [id = ''] = new Set(runs.map((run) => run.id));
  expect(runs.map((run) => run.id)).toEqual(runs.map(() => id));
  expect(await clients[1].settled(id)).toMatchObject({ state: 'SUCCEEDED' });
});

it('both do shards of a run, and one tells live of what the other has accepted', async () => {
  const { id } = await clients[0].runEvaluation({ ...input, batchSize: 1 });
  const states: string[] = [];
  const socket = createClient({
    url: `${other.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const query = 'subscription ($id: ID!) { evaluationRunUpdated(id: $id) { state } }';
  for await (const { data } of socket.iterate({ query, variables: { id } })) {
    states.push((data as unknown as { evaluationRunUpdated: RunView }).evaluationRunUpdated.state);
  }
  await socket.dispose();
  expect(states.at(-1)).toBe('SUCCEEDED');

  const { dataSource } = one.app.services.database;
  const [shares] = await dataSource.query<{ workers: number; counts: number[][] }[]>(
    `SELECT count(DISTINCT worker_id)::integer AS workers,
            (SELECT to_json(e.confusion_matrix) FROM evaluation_result e WHERE e.run_id = $1) AS counts
       FROM evaluation_shard WHERE run_id = $1`,
    [id],
  );
  expect(shares?.workers).toBe(2);
  const known = { sampleCount: 2000, confusionMatrix: shares?.counts ?? [] };
  expect(await brokenInvariants(dataSource, [id], known)).toEqual([]);
});

it('the other goes on where one stops in the middle', async () => {
  const { id } = await clients[0].runEvaluation({ ...input, batchSize: 1 });
  await eventually('it has begun', async () => (await clients[0].run(id)).state === 'RUNNING');
  await one.app.stop();
  expect(await clients[1].settled(id)).toMatchObject({
    state: 'SUCCEEDED',
    progress: { samplesDone: 2000 },
  });
});
