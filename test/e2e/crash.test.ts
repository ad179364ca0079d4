/** kill -9 in the middle of a run, of the service and of everything: nothing committed is lost, the run is done again. */
import path from 'node:path';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { AssayProcess, freshDataFolder, isAlive, postgresOf } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(150_000);

it.each([
  ['alone, whose PostgreSQL runs on,', false],
  ['with its PostgreSQL', true],
])('a service killed %s starts again and ends what it had begun', async (_, withPostgres) => {
  const dataPath = await freshDataFolder();
  const { models, env } = await testConfig();
  // Some seconds of work on a slow machine: the blow falls in the middle, the second attempt ends soon.
  const filters = [128, 128];
  await writeLayersModel(path.join(models, 'slow'), { filters });

  const first = new AssayProcess(['serve'], dataPath, env);
  const client = new GraphQLClient(await first.address());
  const before = await client.results();
  expect(before).toHaveLength(1);
  const checkpointId = await client.register('slow');
  const datasets = await client.field('datasets', '{ datasets { id name } }');
  const datasetId = (datasets as { id: string }[])[0]?.id;
  const { id } = await client.runEvaluation({ checkpointId, datasetId, batchSize: 16 });
  await eventually(
    'the first batches',
    async () => (await client.run(id)).progress.samplesDone > 0,
  );
  const postgres = postgresOf(dataPath) ?? 0;
  expect(isAlive(postgres)).toBe(true);
  first.killHard();
  if (withPostgres) process.kill(postgres, 'SIGKILL');
  expect((await first.ended).signal).toBe('SIGKILL');
  if (withPostgres) await eventually('PostgreSQL is dead', () => !isAlive(postgres));
  else expect(isAlive(postgres)).toBe(true);

  const second = new AssayProcess(['serve'], dataPath, env);
  const again = new GraphQLClient(await second.address());
  const run = await again.settled(id);
  expect(run).toMatchObject({ state: 'SUCCEEDED', attempt: 2, failure: null });
  const after = await again.results();
  expect(after.map((result) => result.id)).toEqual([id, before[0]?.id]);
  expect(after[1]).toEqual(before[0]);
  second.signal('SIGINT');
  expect((await second.ended).code).toBe(0);
  expect(postgresOf(dataPath)).toBeUndefined();
});
