/** The doctor on a real installation, well at first and then broken in one way after another. */
import { appendFile, chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { AppConfig } from '../../../src/config/config';
import type { LoadedConfig } from '../../../src/config/load-config';
import { revertLast } from '../../../src/database/migrate';
import { checkMirror, checkStore } from '../../../src/doctor/content-checks';
import {
  checkClock,
  checkMigrations,
  checkQueue,
  checkTokens,
} from '../../../src/doctor/database-check';
import { finding } from '../../../src/doctor/finding';
import {
  checkCredentialsFile,
  checkDataFolder,
  checkNode,
  checkPort,
} from '../../../src/doctor/surroundings';
import { writeLayersModel } from '../../support/layers-models';
import { connectTo, openTestDatabase } from '../../support/open-test-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { startTestService, type TestService } from '../../support/test-service';
import { runAssay } from '../convert/run-assay';

const environment = process.env;
afterEach(() => {
  process.env = environment;
});

async function configured(change: (config: AppConfig) => unknown = () => 0): Promise<LoadedConfig> {
  const config = new AppConfig();
  const folder = await temporaryFolder();
  config.dataPath = path.join(folder, 'data');
  config.server.port = 0;
  change(config);
  return { config, folder, dataMirror: undefined, databaseUrl: undefined };
}

/** The command with an environment of the test's own. */
async function doctor(env: Record<string, string>, ...args: string[]) {
  process.env = { ...environment, ASSAY_DATA_MIRROR: '', PORT: '0', ...env };
  const ran = await runAssay('doctor', ...args);
  process.exitCode = undefined;
  return ran;
}

interface Whole {
  isWell: boolean;
  findings: { check: string; state: string; message: string }[];
}

describe('an installation', () => {
  let service: TestService;
  let dataSource: DataSource;
  let digest: string;
  let datasetId: string;
  let checkpointId: string;

  beforeAll(async () => {
    service = await startTestService({ worker: false });
    dataSource = await connectTo(service.database.url);
    datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
    checkpointId = await service.client.register(
      await writeLayersModel(path.join(service.root, 'linear')),
    );
    [digest = ''] = await readdir(service.store);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await service.end();
  });

  it('is well, and each matter says why', async () => {
    const { code, stdout } = await doctor(
      { DATABASE_URL: service.database.url, ASSAY_DATA_PATH: service.loaded.config.dataPath },
      '--json',
    );
    const { isWell, findings } = JSON.parse(stdout) as Whole;
    expect(findings.filter(({ state }) => !['ok', 'skipped'].includes(state))).toEqual([
      expect.objectContaining({ check: 'dataset fashion-mnist', state: 'warning' }),
    ]);
    expect({ code, isWell }).toEqual({ code: 0, isWell: true });
    const said = Object.fromEntries(findings.map(({ check, message }) => [check, message]));
    expect(said['database']).toMatch(/^PostgreSQL \d+/);
    expect(said['engine onnx']).toMatch(/^onnxruntime \d.*200 images/);
    expect(said['engine tfjs']).toMatch(/^(wasm|tensorflow) \d/);
    expect(said['checkpoint store']).toBe('1 of 1 looked at, each as its digest says');
    expect(stdout).not.toContain(new URL(service.database.url).password || 'no password');
  });

  it('has a service of ours on its port, or somebody else', async () => {
    const { port } = new URL(service.app.url);
    const ours = await configured(({ server }) => (server.port = Number(port)));
    expect(await checkPort(ours)).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('a service answers') as string,
    });
    const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => stranger.once('listening', resolve));
    const taken = (stranger.address() as AddressInfo).port;
    const others = await configured(({ server }) => (server.port = taken));
    const found = await checkPort(others);
    stranger.close();
    expect(found.state).toBe('failed');
    expect(found.message).toMatch(/^PORT_IN_USE: .*PORT=0/);
  });

  it('has shards that nobody takes', async () => {
    expect((await checkQueue(dataSource)).state).toBe('ok');
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    const found = await checkQueue(dataSource);
    expect(found.state).toBe('warning');
    expect(found.message).toContain('1 for onnx');
    expect(found.message).toContain('"assay worker"');
    await service.app.services.evaluations.cancel(id);
  });

  it('has no token where others can reach it', async () => {
    const open = await configured(({ server }) => (server.host = '0.0.0.0'));
    const found = await finding('tokens', () => checkTokens(open, dataSource));
    expect(found.state).toBe('failed');
    expect(found.message).toMatch(/^AUTH_TOKEN_REQUIRED: .*assay token create/);
    await service.app.services.tokens.create({ name: 'a', role: 'viewer' });
    expect((await checkTokens(open, dataSource)).state).toBe('ok');
  });

  it('has lost or damaged the files of a checkpoint', async () => {
    const [name = ''] = await readdir(path.join(service.store, digest));
    await appendFile(path.join(service.store, digest, name), 'x');
    const damaged = await checkStore(service.loaded, dataSource);
    expect(damaged.state).toBe('failed');
    expect(damaged.message).toContain(digest.slice(0, 12));
    expect(damaged.message).toContain('register');
    await rm(path.join(service.store, digest), { recursive: true });
    expect((await checkStore(service.loaded, dataSource)).state).toBe('warning');
  });

  it('has the clock of its database', async () => {
    expect(await checkClock(dataSource)).toMatchObject({ state: 'ok' });
    jest.useFakeTimers({
      now: Date.now() - 60_000,
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout'],
    });
    try {
      const found = await checkClock(dataSource);
      expect(found.state).toBe('warning');
      expect(found.message).toMatch(/(59|60)\.\d s ahead/);
    } finally {
      jest.useRealTimers();
    }
  });
});

it('tells an older schema from a newer one', async () => {
  const database = await openTestDatabase();
  try {
    expect((await checkMigrations(database.dataSource)).state).toBe('ok');
    await revertLast(database.dataSource);
    const older = await checkMigrations(database.dataSource);
    expect(older).toMatchObject({ state: 'warning' });
    expect(older.message).toContain('assay migrate');
    await database.dataSource.query(
      `INSERT INTO migration (timestamp, name) VALUES (9000000000000, 'FromTheFuture9000000000000')`,
    );
    const newer = await checkMigrations(database.dataSource);
    expect(newer.state).toBe('warning');
    expect(newer.message).toContain('FromTheFuture');
  } finally {
    await database.end();
  }
});

it('says which database does not answer, and never its password', async () => {
  const ran = await doctor({
    DATABASE_URL: 'postgres://someone:s3cr3t-word@127.0.0.1:1/nothing',
    ASSAY_DATA_PATH: path.join(await temporaryFolder(), 'data'),
  });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/^FAIL {2}database .*DATABASE_UNREACHABLE/m);
  expect(ran.stdout).toMatch(/^ok .*engine onnx/m);
  expect(ran.stdout).toMatch(/\d of \d+ failed\.\n$/);
  expect(ran.stdout + ran.stderr).not.toContain('s3cr3t-word');
});

it('lists every mistake of a configuration and stops there', async () => {
  const file = path.join(await temporaryFolder(), 'config.yaml');
  await writeFile(file, 'colour: red\nevaluation: { engine: torch }\n');
  const ran = await doctor({ ASSAY_CONFIG: file }, '--json');
  expect(ran.code).toBe(1);
  const { isWell, findings } = JSON.parse(ran.stdout) as Whole;
  expect(isWell).toBe(false);
  expect(findings.map(({ check }) => check)).toEqual(['Node.js', 'configuration']);
  for (const at of ['colour', 'evaluation.engine']) expect(findings[1]?.message).toContain(at);
});

it('makes and changes nothing on a machine where nothing is yet', async () => {
  const folder = await temporaryFolder();
  const env = { DATABASE_URL: '', ASSAY_DATA_PATH: path.join(folder, 'deep', 'data') };
  const { code, stdout } = await doctor(env);
  expect(code).toBe(0);
  expect(stdout).toContain('made at the first start');
  expect(await readdir(folder)).toEqual([]);
});

it('refuses a data folder that nobody can write to, and an old Node.js', async () => {
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const isFile = await configured((config) => (config.dataPath = file));
  expect(await checkDataFolder(isFile)).toMatchObject({ state: 'failed' });
  // Not even root can.
  const closed = await configured((config) => (config.dataPath = '/proc/assay'));
  const found = await checkDataFolder(closed);
  expect(found.state).toBe('failed');
  expect(found.message).toContain('ASSAY_DATA_PATH');
  const open = await configured();
  await chmod(open.folder, 0o777);
  open.config.dataPath = open.folder;
  expect(await checkDataFolder(open)).toMatchObject({ state: 'warning' });
  expect(checkNode('20.18.3').state).toBe('failed');
  expect(checkNode('18.20.0').state).toBe('failed');
  expect(checkNode('20.19.0').state).toBe('ok');
  expect(checkNode('24.0.0').state).toBe('ok');
});

it('looks at who may read the credentials, and at the mirror', async () => {
  const loaded = await configured();
  expect((await checkCredentialsFile(loaded)).state).toBe('skipped');
  const file = path.join(loaded.folder, 'db.credentials');
  loaded.config.database.credentials = file;
  expect((await checkCredentialsFile(loaded)).state).toBe('failed');
  await writeFile(file, 'sealed', { mode: 0o644 });
  expect(await checkCredentialsFile(loaded)).toMatchObject({ state: 'warning' });
  await chmod(file, 0o600);
  expect(await checkCredentialsFile(loaded)).toMatchObject({ state: 'ok' });
  expect(checkMirror({ ...loaded, dataMirror: path.join(loaded.folder, 'gone') }).state).toBe(
    'failed',
  );
});

it('finds a file of the mirror that is not the published one', async () => {
  const mirror = await temporaryFolder();
  await writeFile(path.join(mirror, 'train-images-idx3-ubyte.gz'), 'something else');
  const { code, stdout } = await doctor({
    DATABASE_URL: '',
    ASSAY_DATA_MIRROR: mirror,
    ASSAY_DATA_PATH: path.join(await temporaryFolder(), 'data'),
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAIL {2}dataset fashion-mnist.*DATASET_CHECKSUM/m);
});
