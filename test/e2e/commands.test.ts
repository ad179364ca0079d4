/** The other commands, and what all of them have in common: help, exit codes, refused settings. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MIGRATIONS } from '../../migrations';
import { eventually } from '../support/eventually';
import { temporaryFolder } from '../support/temporary-folder';
import { assay, AssayProcess, freshDataFolder, postgresOf } from './assay-process';
import { testConfig } from './test-config';

jest.setTimeout(150_000);

const NAMES = MIGRATIONS.map((migration) => migration.name);
const COMMANDS = [
  'serve',
  'evaluate',
  'train',
  'score',
  'token',
  'migrate',
  'migration',
  'schema',
  'doctor',
];

describe('migrate', () => {
  it('makes the schema once, also where two processes want it at once, and takes it back', async () => {
    const dataPath = await freshDataFolder();
    const both = await Promise.all([assay(['migrate'], dataPath), assay(['migrate'], dataPath)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const upToDate = 'The schema is up to date.\n';
    const ran = NAMES.map((name) => `Ran ${name}\n`).join('');
    expect(both.map(({ stdout }) => stdout).sort()).toEqual([ran, upToDate].sort());
    const reverted = await assay(['migrate', '--revert'], dataPath);
    expect(reverted.stdout).toBe(`Reverted ${NAMES.at(-1) ?? ''}\n`);
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it('leaves no PostgreSQL behind where Ctrl-C comes in the middle of it', async () => {
    const dataPath = await freshDataFolder();
    const child = new AssayProcess(['migrate'], dataPath);
    await eventually('PostgreSQL runs', () => postgresOf(dataPath));
    child.pressCtrlC();
    const { code, stdout, stderr } = await child.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(NAMES[0]);
    expect(postgresOf(dataPath)).toBeUndefined();
  });
});

describe('schema and migration', () => {
  it('find the committed schemas and migrations current', async () => {
    const dataPath = await freshDataFolder();
    const schema = await assay(['schema', '--check'], dataPath);
    expect(schema).toMatchObject({ code: 0, stdout: 'Both schemas are current.\n' });
    const migration = await assay(['migration', 'generate', '--check'], dataPath);
    expect(migration).toMatchObject({ code: 0, stdout: 'Entities and migrations agree.\n' });
  });
});

describe('score', () => {
  it('scores a file of predictions without a database', async () => {
    const file = path.join(await temporaryFolder(), 'predictions.json');
    const logits = [
      [2, 0],
      [0, 2],
      [0, 2],
    ];
    await writeFile(file, JSON.stringify({ labels: [0, 1, 0], logits, classes: ['cat', 'dog'] }));
    const dataPath = await freshDataFolder();
    const json = await assay(['score', file, '--json'], dataPath);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      n: 3,
      classes: ['cat', 'dog'],
      confusionMatrix: [
        [1, 1],
        [0, 1],
      ],
    });
    expect(json.stdout.trimEnd()).not.toContain('\n');
    const missing = await assay(['score', `${file}.gone`], dataPath);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/^SCORE_FILE_UNREADABLE: /);
  });
});

describe('every command', () => {
  it('explains itself with --help on stdout, and touches nothing', async () => {
    const dataPath = await freshDataFolder();
    const answers = await inTurn(COMMANDS, (name) => assay([name, '--help'], dataPath));
    for (const [index, { code, stdout, stderr }] of answers.entries()) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: assay ${COMMANDS[index] ?? ''}`);
    }
    const all = await assay(['--help'], dataPath);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    for (const name of COMMANDS) expect(all.stdout).toContain(`  ${name}`);
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it('ends with 2 where it is unknown, or has an unknown option or argument', async () => {
    const dataPath = await freshDataFolder();
    const wrong = [
      ['frobnicate'],
      ['evaluate', '--colour'],
      ['serve', 'now'],
      ['score'],
      ['__proto__'],
    ];
    for (const { code, stdout, stderr } of await inTurn(wrong, (args) => assay(args, dataPath))) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: /);
    }
  });

  it('refuses wrong settings with all problems before it starts anything', async () => {
    const { env } = await testConfig('colour: red\nevaluation: { engine: torch }\n');
    const dataPath = await freshDataFolder();
    for (const name of ['serve', 'evaluate', 'migrate']) {
      const { code, stdout, stderr } = await assay([name], dataPath, { ...env, PORT: 'http' });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^CONFIG_INVALID: config\.yaml has 3 problems/);
      for (const at of ['colour', 'evaluation.engine', 'PORT']) expect(stderr).toContain(at);
    }
  });
});

/** One after another: so many programs at once would starve each other. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}
