/** PostgreSQL is killed under load and comes back: service and worker go on without a restart of theirs. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type App, startApp } from '../../../src/app';
import { AppConfig } from '../../../src/config/config';
import { BreakablePostgres } from '../../support/breakable-postgres';
import { eventually } from '../../support/eventually';
import { GraphQLClient } from '../../support/graphql-client';
import { writeLayersModel } from '../../support/layers-models';
import { removeFolder } from '../../support/postgres-folder';
import { temporaryFolder } from '../../support/temporary-folder';

let folder: string;
let postgres: BreakablePostgres;
let app: App;
let client: GraphQLClient;
let input: Record<string, unknown>;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder, 'models'));
  postgres = await BreakablePostgres.start(path.join(folder, 'postgres'));
  const config = new AppConfig();
  config.server.port = 0;
  config.logLevel = 'silent';
  config.dataPath = path.join(folder, 'data');
  config.checkpointRoots = [path.join(folder, 'models')];
  config.evaluation.shardSize = 200;
  app = await startApp({ config, folder, dataMirror: undefined, databaseUrl: postgres.url });
  client = new GraphQLClient(app.url);
  const model = await writeLayersModel(path.join(folder, 'models', 'net'), { filters: [32, 32] });
  const dataset = await app.services.datasets.register('sample-shapes');
  input = { checkpointId: await client.register(model), datasetId: dataset.id, batchSize: 16 };
});

afterAll(async () => {
  await app.stop();
  await postgres.stop();
  await removeFolder(path.join(folder, 'postgres'));
});

const blows: [string, () => Promise<void>][] = [
  [
    'is killed and started again',
    async () => {
      await postgres.kill();
      await postgres.restart();
    },
  ],
  [
    'loses its connections',
    () => {
      postgres.cut();
      return Promise.resolve();
    },
  ],
];

it.each(blows)(
  'a run ends, and the next one starts at once, where the server %s',
  async (_, hit) => {
    const { id } = await client.runEvaluation(input);
    await eventually(
      'the first shard',
      async () => (await client.run(id)).progress.samplesDone > 200,
    );
    await hit();
    const run = await eventually('the run has ended', async () => {
      const now = await client.run(id).catch(() => undefined);
      return now?.state === 'SUCCEEDED' && now;
    });
    expect(run.progress.samplesDone).toBe(2000);
    const [stored] = await app.services.database.dataSource.query<{ blocks: number }[]>(
      'SELECT count(*)::integer AS blocks FROM prediction_block WHERE run_id = $1',
      [id],
    );
    expect(stored?.blocks).toBe(10);

    // The connection that listens is back too: no poll of a second is waited for.
    await eventually('a run starts at once', async () => {
      const next = await client.runEvaluation({ ...input, batchSize: 200 });
      await client.settled(next.id);
      const { createdAt, startedAt } = await app.services.evaluations.run(next.id);
      return Number(startedAt) - Number(createdAt) < 200;
    });
  },
);
