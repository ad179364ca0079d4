/** `assay credentials` from scripts: no terminal, passwords from the environment, fields by standard input. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readDatabaseCredentials } from '../../../src/config/credentials';
import { temporaryFolder } from '../../support/temporary-folder';
import { runCredentials } from './run-credentials';

const ENV = { ASSAY_VAULT_PASSWORD: 'vault-secret' };
const FIELDS = { host: 'db.example', database: 'results', user: 'assay', password: 's3cret ß' };
const JSON_FIELDS = JSON.stringify(FIELDS);

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder, 'db.credentials');
});

const read = (vaultPassword = 'vault-secret') => readDatabaseCredentials({ file, vaultPassword });

async function init(...args: string[]) {
  const ran = await runCredentials(['init', '--file', file, ...args], ENV, { input: JSON_FIELDS });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
}

test('init seals JSON, show prints all but the password, and nothing prints either password', async () => {
  await init('--vault-id', 'prod');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await read()).toMatchObject({ ...FIELDS, port: 5432, tls: true });
  const shown = await runCredentials(['show', '--redacted', '--file', file], ENV);
  expect(shown).toEqual({
    code: 0,
    stderr: '',
    stdout: `# ${file}, vault id prod
host: db.example
port: 5432
database: results
user: assay
password: "[redacted]"
tls: true
`,
  });
  const json = await runCredentials(['show', '--redacted', '--json', '--file', file], ENV);
  const rest = { file, vaultId: 'prod', port: 5432, password: '[redacted]', tls: true };
  expect(JSON.parse(json.stdout)).toEqual({ ...FIELDS, ...rest });
});

test('show without --redacted is refused with a hint, before any password is asked for', async () => {
  const { code, stdout, stderr } = await runCredentials(['show'], {});
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^CREDENTIALS_SHOW_REFUSED: .*show --redacted/);
});

test('init keeps a file that is there, unless --force says otherwise', async () => {
  await writeFile(file, 'mine');
  const args = ['init', '--file', file];
  const refused = await runCredentials(args, ENV, { input: JSON_FIELDS });
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^CREDENTIALS_EXIST: .*--force/);
  expect(await readFile(file, 'utf8')).toBe('mine');
  await init('--force');
  expect(await read()).toMatchObject(FIELDS);
});

test.each([
  ['broken fields', '{"host": "s3cret"', /^CREDENTIALS_INVALID: .*\(line 1\). Nothing was written/],
  ['a missing field', 'host: s3cret', /^CREDENTIALS_INVALID: .*database must be a text/],
  ['nothing', '', /^CREDENTIALS_INVALID: .*must be a list of fields/],
  ['more than 64 KiB', 's3cret'.repeat(20_000), /^CREDENTIALS_TOO_LARGE: /],
])('init writes nothing for %s, and quotes none of it', async (_, input, message) => {
  const { code, stderr } = await runCredentials(['init', '--file', file], ENV, { input });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('s3cret');
  expect(await readdir(folder)).toEqual([]);
});

test('the file is the one of ASSAY_DB_CREDENTIALS, before that of config.yaml', async () => {
  const env = { ...ENV, ASSAY_DB_CREDENTIALS: file };
  expect(await runCredentials(['init'], env, { input: JSON_FIELDS })).toEqual({
    code: 0,
    stdout: `Sealed ${file}\n`,
    stderr: '',
  });
  expect(await read()).toMatchObject(FIELDS);
});

test('rekey changes the password alone; the old one opens nothing any more', async () => {
  await init('--vault-id', 'prod');
  const env = { ...ENV, ASSAY_NEW_VAULT_PASSWORD: 'newer' };
  expect(await runCredentials(['rekey', '--file', file], env)).toEqual({
    code: 0,
    stdout: `Sealed ${file} under the new password\n`,
    stderr: '',
  });
  expect(await read('newer')).toMatchObject(FIELDS);
  expect(await readFile(file, 'utf8')).toContain(';prod\n');
  await expect(read()).rejects.toMatchObject({ code: 'CREDENTIALS_VAULT_PASSWORD_WRONG' });
  const again = await runCredentials(['rekey', '--file', file], env);
  expect(again.stderr).toMatch(/^CREDENTIALS_VAULT_PASSWORD_WRONG: /);
  expect(await read('newer')).toMatchObject(FIELDS);
});

test("production seals with no password of the demo's", async () => {
  const env = { NODE_ENV: 'production', ASSAY_VAULT_PASSWORD: 'assay-demo' };
  const ran = await runCredentials(['init', '--file', file], env, { input: JSON_FIELDS });
  expect(ran.stderr).toMatch(/^CREDENTIALS_DEMO_PASSWORD: /);
  expect(await readdir(folder)).toEqual([]);
});

test('a password file that others may read is used with a warning, which shows no password', async () => {
  await init();
  const password = path.join(folder, 'password');
  await writeFile(password, 'vault-secret\n', { mode: 0o644 });
  const env = { ASSAY_VAULT_PASSWORD_FILE: password };
  const args = ['show', '--redacted', '--file', file];
  const ran = await runCredentials(args, env, { apart: true });
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain(`[CREDENTIALS_PASSWORD_FILE_OPEN] Warning`);
  expect(ran.stderr).toContain(`chmod 600 ${password}`);
  expect(ran.stderr).not.toContain('vault-secret');
});
