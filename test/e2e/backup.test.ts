/** Backup and restore as .github/operations.md says: filled, backed up, restored elsewhere, and the same again. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { GraphQLClient, RESULT_FIELDS } from '../support/graphql-client';
import { writeLayersModel } from '../support/layers-models';
import { connectTo } from '../support/open-test-database';
import { createTestDatabase } from '../support/postgres';
import { rowsOf } from '../support/table-rows';
import { temporaryFolder } from '../support/temporary-folder';
import { assay, AssayProcess, freshDataFolder } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(240_000);

const run = promisify(execFile);

const RESULTS = `{ evaluationResults { nodes {
  ${RESULT_FIELDS} confusionMatrix { counts } checkpoint { name aliases } samples(first: 5) { nodes { index probability } }
} } }`;

interface Findings {
  findings: { check: string; state: string; message: string }[];
}

/** What the doctor finds of an installation's own state. */
async function examined(dataPath: string, env: NodeJS.ProcessEnv = {}) {
  const { stdout } = await assay(['doctor', '--json'], dataPath, env);
  const { findings } = JSON.parse(stdout) as Findings;
  const state = (check: string) => findings.find((one) => one.check === check)?.state;
  return [state('database'), state('migrations'), state('checkpoint store')];
}

it('an embedded database and its store, copied while nothing runs, go on in another folder', async () => {
  const dataPath = await freshDataFolder();
  const first = await assay(['evaluate', '--json'], dataPath);
  expect(first).toMatchObject({ code: 0 });
  const list = async (folder: string) =>
    (await assay(['results', 'list', '--json'], folder)).stdout;
  const before = await list(dataPath);
  expect(JSON.parse(before)).toMatchObject({ results: [expect.anything()] });

  const copy = await freshDataFolder();
  await run('cp', ['--archive', dataPath, copy]);
  await rm(dataPath, { recursive: true });
  expect(await list(copy)).toBe(before);
  expect(await examined(copy)).toEqual(['ok', 'ok', 'ok']);
  const again = await assay(['evaluate', '--json'], copy);
  const { accuracy, confusionMatrix } = JSON.parse(first.stdout) as Record<string, unknown>;
  expect(JSON.parse(again.stdout)).toMatchObject({ accuracy, confusionMatrix });
});

/** The embedded server is of version 18; a server that is given is dumped by the pg_dump beside it. */
const canDump = (() => {
  try {
    const text = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' });
    return !!process.env['ASSAY_TEST_DATABASE_URL'] || Number(/ (\d+)/.exec(text)?.[1]) >= 18;
  } catch {
    return false;
  }
})();
// The copy by files, above, is tried everywhere.
const itDumps = canDump ? it : it.skip;

/** The database as the programs of PostgreSQL are told of it: the password in the environment. */
function target(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const args = [`--host=${hostname}`, `--port=${port}`, `--username=${username}`];
  return {
    args,
    name: pathname.slice(1),
    options: { env: { ...process.env, PGPASSWORD: decodeURIComponent(password) } },
  };
}

itDumps(
  'a dumped database and a copied store, taken while the service runs, go on elsewhere',
  async () => {
    const database = await createTestDatabase();
    const restored = await createTestDatabase();
    try {
      const dataPath = await freshDataFolder();
      const { models, env: own } = await testConfig('evaluation: { shard_size: 700 }\n');
      const env = { ...own, DATABASE_URL: database.url };
      await writeLayersModel(path.join(models, 'net'));
      const api = new AssayProcess(['serve', '--no-worker'], dataPath, env);
      const client = new GraphQLClient(await api.address());
      const checkpointId = await client.register('net');
      const [dataset] = (await client.field('datasets', '{ datasets { id } }')) as { id: string }[];
      const input = { checkpointId, datasetId: dataset?.id };
      const worker = new AssayProcess(['worker'], dataPath, env);
      await client.settled((await client.runEvaluation(input)).id);
      await client.field(
        'setCheckpointAlias',
        'mutation ($id: ID!) { setCheckpointAlias(alias: "champion", checkpointId: $id) { alias } }',
        { id: checkpointId },
      );
      worker.signal('SIGTERM');
      await worker.ended;
      const waiting = await client.runEvaluation(input);
      const results = await client.field('evaluationResults', RESULTS);

      const folder = await temporaryFolder();
      const [dump, tar] = [path.join(folder, 'assay.dump'), path.join(folder, 'assay-store.tar')];
      const from = target(database.url);
      const file = ['--format=custom', '--no-owner', `--file=${dump}`];
      await run('pg_dump', [...file, ...from.args, from.name], from.options);
      await run('tar', ['--create', `--file=${tar}`, `--directory=${dataPath}`, 'checkpoints']);
      const source = await connectTo(database.url);
      const rows = await rowsOf(source);
      await source.destroy();
      api.signal('SIGTERM');
      await api.ended;
      await rm(dataPath, { recursive: true });

      const to = target(restored.url);
      const into = ['--exit-on-error', '--no-owner', `--dbname=${to.name}`, dump];
      await run('pg_restore', [...to.args, ...into], to.options);
      const elsewhere = await freshDataFolder();
      await mkdir(elsewhere, { recursive: true });
      await run('tar', ['--extract', `--file=${tar}`, `--directory=${elsewhere}`]);
      const copied = await connectTo(restored.url);
      expect(await rowsOf(copied)).toEqual(rows);
      await copied.destroy();

      const second = { ...own, DATABASE_URL: restored.url };
      expect(await examined(elsewhere, second)).toEqual(['ok', 'ok', 'ok']);
      const service = new AssayProcess(['serve'], elsewhere, second);
      const other = new GraphQLClient(await service.address());
      const found = (await other.settled(waiting.id)).state;
      expect(found).toBe('SUCCEEDED');
      const { nodes } = (await other.field('evaluationResults', RESULTS)) as { nodes: unknown[] };
      expect(nodes).toEqual(expect.arrayContaining((results as { nodes: unknown[] }).nodes));
      expect(nodes).toHaveLength(2);
      await expect(other.settled((await other.runEvaluation(input)).id)).resolves.toMatchObject({
        state: 'SUCCEEDED',
      });
    } finally {
      await database.drop();
      await restored.drop();
    }
  },
);
