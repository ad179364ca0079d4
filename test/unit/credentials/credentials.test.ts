/** db.credentials: what is read, and every way in which a file can be refused. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Vault } from 'ansible-vault';
import fc from 'fast-check';
import { readDatabaseCredentials } from '../../../src/config/credentials';

const YAML = `host: db.example.org
port: 6543
database: results
user: reader
password: "s3cret: with # signs"
tls: true
`;
const FIELDS = {
  host: 'db.example.org',
  port: 6543,
  database: 'results',
  user: 'reader',
  password: 's3cret: with # signs',
  tls: true,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-credentials-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function save(text: string | Buffer): Promise<string> {
  const file = join(folder, 'db.credentials');
  await writeFile(file, text);
  return file;
}

async function seal(text: string, id = ''): Promise<string> {
  return save(await new Vault({ password: 'open' }).encrypt(text, id));
}

const read = (file: string, vaultPassword = 'open') =>
  readDatabaseCredentials({ file, vaultPassword });

async function problemsOf(yaml: string): Promise<unknown> {
  return read(await seal(yaml)).then(
    () => 'accepted',
    (error: unknown) => (error as { details: { problems: unknown } }).details.problems,
  );
}

describe('sealed credentials', () => {
  test('give every field', async () => {
    expect(await read(await seal(YAML))).toMatchObject(FIELDS);
  });

  test('open under any vault id, with Windows line ends and white space at line ends', async () => {
    const file = await seal(YAML, 'production');
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;production\n/);
    await save(`${text.replaceAll('\n', ' \r\n')}\r\n`);
    expect(await read(file)).toMatchObject(FIELDS);
  });

  test('default to port 5432 and to TLS', async () => {
    const file = await seal('{host: h, database: d, user: u, password: p}');
    expect(await read(file)).toMatchObject({ port: 5432, tls: true });
  });

  test('show no password when they are printed, serialised or copied', async () => {
    const credentials = await read(await seal(YAML));
    for (const shown of [
      JSON.stringify({ credentials }),
      inspect(credentials, { showHidden: true, depth: 9 }),
      `${inspect(Object.assign({}, credentials))}${inspect(Object.entries(credentials))}`,
    ]) {
      expect(shown).toContain('db.example.org');
      expect(shown).not.toContain('s3cret');
    }
  });

  test('the demonstration file of docker-compose opens with its documented password', async () => {
    const file = join(__dirname, '..', '..', '..', 'db.credentials');
    expect(await read(file, 'assay-demo')).toMatchObject({
      host: 'database',
      port: 5432,
      database: 'assay',
      user: 'assay',
      tls: false,
    });
  });
});

describe('credentials that cannot be used', () => {
  test('a file that is not there', async () => {
    await expect(read(join(folder, 'none'))).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
  });

  test('a folder in place of a file', async () => {
    await expect(read(folder)).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
  });

  test('a file of 64 KiB is read, one byte more is not', async () => {
    const limit = 64 * 1024;
    await expect(read(await save('x'.repeat(limit)))).rejects.toMatchObject({
      code: 'CREDENTIALS_NOT_A_VAULT',
    });
    await expect(read(await save('x'.repeat(limit + 1)))).rejects.toMatchObject({
      code: 'CREDENTIALS_TOO_LARGE',
    });
  });

  test.each([
    ['plain YAML', YAML],
    ['nothing', ''],
    ['an older cipher', '$ANSIBLE_VAULT;1.0;AES\n3031\n'],
    ['a body that is not hexadecimal', '$ANSIBLE_VAULT;1.1;AES256\nxyz\n'],
  ])('%s is not a vault', async (_, text) => {
    await expect(read(await save(text))).rejects.toMatchObject({ code: 'CREDENTIALS_NOT_A_VAULT' });
  });

  test.each([
    ['the header alone', (text: string) => text.slice(0, text.indexOf('\n') + 1)],
    ['half a file', (text: string) => text.slice(0, text.length / 2)],
    ['a file that lacks its last line', (text: string) => text.slice(0, text.lastIndexOf('\n'))],
    ['a file that lacks its last digit', (text: string) => text.slice(0, -1)],
    ['a file that lacks a line within', (text: string) => text.replace(/(\n\w+)\n\w+/, '$1')],
  ])('%s is incomplete', async (_, cut) => {
    const text = await readFile(await seal(YAML), 'utf8');
    await expect(read(await save(cut(text)))).rejects.toMatchObject({
      code: 'CREDENTIALS_TRUNCATED',
    });
  });

  test('a wrong password, and no password', async () => {
    const file = await seal(YAML);
    await expect(read(file, 'Open')).rejects.toMatchObject({
      code: 'CREDENTIALS_VAULT_PASSWORD_WRONG',
    });
    await expect(read(file, '')).rejects.toMatchObject({
      code: 'CREDENTIALS_VAULT_PASSWORD_MISSING',
    });
  });

  test('a file with any one digit changed or cut off is never read as if it were whole', async () => {
    const text = await readFile(await seal(YAML), 'utf8');
    const start = text.indexOf('\n') + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: start, max: text.length - 1 }),
        fc.boolean(),
        async (at, cut) => {
          const digit = text[at] === '3' ? '4' : '3';
          if (text[at] === '\n') return;
          const file = await save(text.slice(0, at) + (cut ? '' : digit + text.slice(at + 1)));
          await expect(read(file)).rejects.toMatchObject({
            code: expect.stringMatching(/TRUNCATED|NOT_A_VAULT|VAULT_PASSWORD_WRONG/) as string,
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('every problem of the fields is listed, and none quotes a value', async () => {
    const yaml =
      'host: ""\nport: 70000\nuser: [s3cret]\npassword: 123456\ntls: yes please\ns3cret: 1\n';
    expect(await problemsOf(yaml)).toEqual([
      'port must be a whole number from 1 to 65535',
      'tls must be true or false',
      'host must be a text that is not empty',
      'database must be a text that is not empty',
      'user must be a text that is not empty',
      'password must be a text that is not empty: put it in quotes',
      '1 field(s) other than host, port, database, user, password, tls',
    ]);
  });

  test.each([
    ['broken YAML', 'host: h\npassword: "s3cret', ['the text is not YAML in UTF-8 (line 2)']],
    ['a field given twice', 'host: h\nhost: s3cret', ['the text is not YAML in UTF-8 (line 2)']],
    ['aliases', 'host: &s3cret h\nuser: *s3cret', ['aliases are not allowed']],
    ['a bare text', 's3cret', [expect.stringMatching(/must be a list of fields/)]],
  ])('%s', async (_, yaml, problems) => {
    expect(await problemsOf(yaml)).toEqual(problems);
    const error: unknown = await read(await seal(yaml)).catch((caught: unknown) => caught);
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  });

  test('binary data', async () => {
    const sealed = await new Vault({ password: 'open' }).encrypt(`${YAML}#\uFFFD`, '');
    await expect(read(await save(sealed))).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });
});

describe('the published passwords of the demonstration', () => {
  const demo = join(__dirname, '..', '..', '..', 'db.credentials');
  const inProduction = (file: string, vaultPassword: string, env = {}) =>
    readDatabaseCredentials({ file, vaultPassword, env: { NODE_ENV: 'production', ...env } });

  test('are refused in production, under the vault password and under any other', async () => {
    await expect(inProduction(demo, 'assay-demo')).rejects.toMatchObject({
      code: 'CREDENTIALS_DEMO_PASSWORD',
    });
    const resealed = await seal('{host: h, database: d, user: u, password: demo-only}');
    await expect(inProduction(resealed, 'open')).rejects.toMatchObject({
      code: 'CREDENTIALS_DEMO_PASSWORD',
    });
  });

  test("pass where docker-compose's demo says so, and passwords of one's own always", async () => {
    expect(await inProduction(demo, 'assay-demo', { ASSAY_DEMO: '1' })).toMatchObject({
      host: 'database',
    });
    await expect(inProduction(demo, 'assay-demo', { ASSAY_DEMO: '0' })).rejects.toThrow(/rekey/);
    expect(await inProduction(await seal(YAML), 'open')).toMatchObject(FIELDS);
  });
});
