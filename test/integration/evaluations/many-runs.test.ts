/** Many clients at once: nothing is lost, the order is that of the requests, and idle workers start at once. */
import path from 'node:path';
import { GraphQLClient } from '../../support/graphql-client';
import { writeLayersModel } from '../../support/layers-models';
import { brokenInvariants } from '../../support/run-invariants';
import { startTestService, type TestService } from '../../support/test-service';

const CLIENTS = 20;
const RUNS = 100;

let service: TestService;
let input: Record<string, unknown>;

beforeAll(async () => {
  service = await startTestService();
  const datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
  const folder = await writeLayersModel(path.join(service.root, 'linear'));
  input = { checkpointId: await service.client.register(folder), datasetId };
});

afterAll(() => service.end());

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const dataSource = () => service.app.services.database.dataSource;

it(`${RUNS} runs by ${CLIENTS} clients all end, in the order of their requests`, async () => {
  const answers: number[] = [];
  const ids: string[] = [];
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new GraphQLClient(service.app.url);
      for (let i = 0; i < RUNS / CLIENTS; i++) {
        const sentAt = performance.now();
        const { id } = await client.runEvaluation(input);
        answers.push(performance.now() - sentAt);
        ids.push(id);
      }
    }),
  );
  for (const id of ids) expect((await service.client.settled(id)).state).toBe('SUCCEEDED');
  const [row] = await dataSource().query<{ counts: number[][] }[]>(
    'SELECT to_json(confusion_matrix) AS counts FROM evaluation_result LIMIT 1',
  );
  const known = { sampleCount: 2000, confusionMatrix: row?.counts ?? [] };
  expect(await brokenInvariants(dataSource(), ids, known)).toEqual([]);
  // Started as they were asked for, but for those whose transactions overlapped.
  const order = await dataSource().query<{ asked: number; started: number }[]>(
    `SELECT rank() OVER (ORDER BY created_at)::integer AS asked,
            rank() OVER (ORDER BY started_at)::integer AS started FROM evaluation_run`,
  );
  for (const { asked, started } of order) {
    expect(Math.abs(asked - started)).toBeLessThanOrEqual(CLIENTS);
  }
  process.stdout.write(
    `${RUNS} runs by ${CLIENTS} clients: an answer took ${median(answers).toFixed(1)} ms (median)\n`,
  );
});

it('an idle worker with the model warm has evaluated a small run soon after the answer, far sooner than by polling', async () => {
  const waited: number[] = [];
  for (let i = 0; i < 31; i++) {
    const { id } = await service.client.runEvaluation(input);
    const answeredAt = Date.now();
    await service.client.settled(id);
    const [row] = await dataSource().query<{ at: Date }[]>(
      'SELECT max(finished_at) AS at FROM evaluation_shard WHERE run_id = $1',
      [id],
    );
    waited.push(Number(row?.at) - answeredAt);
  }
  const middle = median(waited);
  process.stdout.write(
    `from the answer until 2,000 images are counted and stored: ${middle} ms (median of 31)\n`,
  );
  // The first batch comes before the last, and thus sooner still.
  expect(middle).toBeLessThanOrEqual(1_000);
});
