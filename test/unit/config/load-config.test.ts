/** config.yaml and the environment: what is read, which goes first, and every problem named at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppConfig } from '../../../src/config/config';
import { loadConfig } from '../../../src/config/load-config';
import { UserError } from '../../../src/errors';
import { DEFAULT_BATCH_SIZE, MAX_BATCH_SIZE } from '../../../src/inference/batch-size';

const folder = mkdtempSync(path.join(tmpdir(), 'assay-config-'));
const file = path.join(folder, 'settings.yaml');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, yaml);
  return loadConfig({ ASSAY_CONFIG: file, ...env });
}

function errorOf(yaml: string, env?: NodeJS.ProcessEnv): UserError {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`accepted:\n${yaml}`);
}

/** Paths of the problems, in their order. */
function pathsOf(yaml: string, env?: NodeJS.ProcessEnv): string[] {
  const error = errorOf(yaml, env);
  expect(error.code).toBe('CONFIG_INVALID');
  const problems = error.details.problems as { path: string; message: string }[];
  for (const { path: at, message } of problems) {
    expect(error.message).toContain(`${at}: ${message}`);
    expect(message).not.toMatch(/undefined|\[object/);
  }
  return problems.map((problem) => problem.path);
}

describe('what is read', () => {
  it('keeps the defaults for what the file leaves out', () => {
    expect(load('').config).toEqual(new AppConfig());
    expect(load('# only a comment').config).toEqual(new AppConfig());
    const expected = new AppConfig();
    expected.trainParams.lr = 0.5;
    expect(load('train_params:\n  lr: 0.5\n').config).toEqual(expected);
  });

  it('takes the batch sizes that the engines take', () => {
    const batchSize = (size: number) => `evaluation: { batch_size: ${size} }`;
    expect(load('').config.evaluation.batchSize).toBe(DEFAULT_BATCH_SIZE);
    expect(load(batchSize(MAX_BATCH_SIZE)).config.evaluation.batchSize).toBe(MAX_BATCH_SIZE);
    expect(pathsOf(batchSize(MAX_BATCH_SIZE + 1))).toEqual(['evaluation.batch_size']);
  });

  it('reads every section under its names in snake_case', () => {
    const { config } = load(`
model: { input_img_size: 32, num_channels: 3, num_classes: 100 }
thresholds: { accuracy: 0.9, macro_f1: 0.8, loss: 1.5, balanced_accuracy: 0 }
evaluation: { engine: tfjs, batch_size: 8, shard_size: 99 }
checkpoint_roots: [a, b]
database: { credentials: db.credentials, pool_size: 3 }
server: { allowed_hosts: [assay.example] }
limits: { query_depth: 3, websocket_message_bytes: 2048 }
`);
    expect(config.model).toMatchObject({ inputImgSize: 32, numChannels: 3, numClasses: 100 });
    expect(config.thresholds).toEqual({
      accuracy: 0.9,
      macro_f1: 0.8,
      loss: 1.5,
      balanced_accuracy: 0,
    });
    expect(config.evaluation).toMatchObject({ engine: 'tfjs', batchSize: 8, shardSize: 99 });
    expect(config.checkpointRoots).toEqual(['a', 'b']);
    expect(config.database).toMatchObject({ credentials: 'db.credentials', poolSize: 3 });
    expect(config.server.allowedHosts).toEqual(['assay.example']);
    expect(config.limits).toMatchObject({ queryDepth: 3, websocketMessageBytes: 2048 });
  });

  it('starts relative paths at the folder of the file', () => {
    expect(load('data_path: state').folder).toBe(folder);
  });
});

describe('what is refused', () => {
  it('lists every problem at once, each by its path in the file', () => {
    const paths = pathsOf(`
model: { input_img_size: 2 }
train_params: { lr: fast, epochs: 1.5 }
evaluation: { engine: torch }
server: { port: 70000 }
limits: { body_bytes: -1 }
log_level: loud
colour: red
`);
    expect(new Set(paths)).toEqual(
      new Set([
        'colour',
        'model.input_img_size',
        'train_params.lr',
        'train_params.epochs',
        'evaluation.engine',
        'server.port',
        'limits.body_bytes',
        'log_level',
      ]),
    );
  });

  it('names the known settings beside an unknown one', () => {
    const error = errorOf('server:\n  prot: 1\n');
    expect(error.message).toContain('server.prot: is not a setting; known here: ');
    expect(error.message).toContain('port');
    expect(pathsOf('thresholds: { acuracy: 0.7 }')).toEqual(['thresholds.acuracy']);
    expect(errorOf('thresholds: { acuracy: 0.7 }').message).toContain('macro_f1');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'logLevel'])(
    'takes "%s" for no setting',
    (key) => {
      expect(pathsOf(`${key}: { polluted: 1 }`)).toEqual([key]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it.each([
    ['a list', 'model: [1]', 'model'],
    ['a text', 'model: small', 'model'],
    ['nothing', 'train_params:', 'train_params'],
    ['a number', 'limits: 3', 'limits'],
  ])('refuses %s where a section is wanted', (_, yaml, at) => {
    expect(pathsOf(yaml)).toEqual([at]);
  });

  it.each([
    ['server: { port: "4000" }', 'server.port'],
    ['server: { port: null }', 'server.port'],
    ['server: { host: 7 }', 'server.host'],
    ['server: { allowed_hosts: localhost }', 'server.allowed_hosts'],
    ['server: { allowed_hosts: [7] }', 'server.allowed_hosts'],
    ['checkpoint_roots: { a: b }', 'checkpoint_roots'],
    ['ckpt_path: ""', 'ckpt_path'],
    ['data_path: [x]', 'data_path'],
    ['database: { credentials: 5 }', 'database.credentials'],
    ['database: { pool_size: 1 }', 'database.pool_size'],
    ['train_params: { lr: .nan }', 'train_params.lr'],
    ['train_params: { lr: .inf }', 'train_params.lr'],
  ])('refuses the wrong type or range in %s', (yaml, at) => {
    expect(pathsOf(yaml)).toContain(at);
  });

  it.each([
    'accuracy: 1.01',
    'accuracy: -0.1',
    'macro_f1: "0.7"',
    'macro_f1: .nan',
    'loss: -1',
    'weighted_f1: [0.7]',
    'accuracy: true',
  ])('refuses the threshold %s', (threshold) => {
    const name = threshold.split(':')[0] ?? '';
    expect(new Set(pathsOf(`thresholds: { ${threshold} }`))).toEqual(
      new Set([`thresholds.${name}`]),
    );
  });

  it('takes a loss above 1: it is no ratio', () => {
    expect(load('thresholds: { loss: 2.3 }').config.thresholds.loss).toBe(2.3);
  });

  it.each([
    ['is no YAML', 'model: {'],
    ['names one setting twice', 'log_level: info\nlog_level: warn\n'],
    ['is a list', '- 1\n- 2\n'],
    ['is a text', 'just words'],
  ])('refuses a file that %s', (_, yaml) => {
    expect(pathsOf(yaml)).toEqual(['(file)']);
  });

  it('refuses aliases, with which a small file can become a huge one', () => {
    expect(pathsOf('ckpt_path: &a x\ndata_path: *a\n')).toEqual(['(file)']);
  });

  it('says which file it can not read', () => {
    const missing = path.join(folder, 'missing.yaml');
    expect(() => loadConfig({ ASSAY_CONFIG: missing })).toThrow(`cannot read ${missing}`);
  });
});

describe('the environment', () => {
  const yaml = 'server: { host: 10.0.0.1, port: 5000 }\nlog_level: error\ndata_path: state\n';

  it('goes before the file', () => {
    const { config } = load(yaml, {
      PORT: '6000',
      HOST: '::1',
      ASSAY_LOG_LEVEL: 'debug',
      ASSAY_DATA_PATH: '/var/lib/assay',
      ASSAY_DB_CREDENTIALS: '/run/secrets/db.credentials',
      ASSAY_ALLOWED_HOSTS: 'assay.example, localhost,',
    });
    expect(config.server).toEqual({
      host: '::1',
      port: 6000,
      allowedHosts: ['assay.example', 'localhost'],
    });
    expect(config.database.credentials).toBe('/run/secrets/db.credentials');
    expect(config).toMatchObject({ logLevel: 'debug', dataPath: '/var/lib/assay' });
  });

  it('leaves the file alone where it is empty', () => {
    const { config, ...rest } = load(yaml, {
      PORT: '',
      HOST: '',
      ASSAY_LOG_LEVEL: '',
      ASSAY_DATA_PATH: '',
      ASSAY_DATA_MIRROR: '',
      DATABASE_URL: '',
      ASSAY_DB_CREDENTIALS: '',
      ASSAY_ALLOWED_HOSTS: '',
    });
    expect(config.server).toMatchObject({ host: '10.0.0.1', port: 5000, allowedHosts: [] });
    expect(config.database.credentials).toBeNull();
    expect(config).toMatchObject({ logLevel: 'error', dataPath: 'state' });
    expect(rest).toMatchObject({ dataMirror: undefined, databaseUrl: undefined });
  });

  it('takes PORT=0 for any free port', () => {
    expect(load(yaml, { PORT: '0' }).config.server.port).toBe(0);
  });

  it.each(['http', '-1', '80.5', '1e3', '0x10', ' 80', '123456'])('refuses PORT=%s', (PORT) => {
    expect(pathsOf(yaml, { PORT })).toEqual(['PORT (environment)']);
  });

  it('lists its problems beside those of the file', () => {
    const paths = pathsOf('colour: red', { PORT: '99999', ASSAY_LOG_LEVEL: 'loud' });
    expect(new Set(paths)).toEqual(new Set(['colour', 'server.port', 'log_level']));
  });

  it('keeps the password of DATABASE_URL out of the settings and of every message', () => {
    const DATABASE_URL = 'postgres://assay:s3cret@db/assay';
    const loaded = load(yaml, { DATABASE_URL });
    expect(loaded.databaseUrl).toBe(DATABASE_URL);
    expect(JSON.stringify(loaded.config)).not.toContain('s3cret');
    expect(errorOf('colour: red', { DATABASE_URL }).message).not.toContain('s3cret');
  });
});
