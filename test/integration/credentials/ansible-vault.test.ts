/** Round trips with the real ansible-vault, in both directions: ids, UTF-8 and line ends of Windows. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { readDatabaseCredentials } from '../../../src/config/credentials';
import { temporaryFolder } from '../../support/temporary-folder';
import { runCredentials } from './run-credentials';

const run = promisify(execFile);
const found = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .map((folder) => path.join(folder, 'ansible-vault'))
  .find((file) => existsSync(file));
const tool = found ?? '';
// Not everybody has it; CI installs it.
const withTool = found === undefined ? describe.skip : describe;

const PASSWORD = 'pässwörd – 密码';
const FIELDS = {
  host: 'db.example.org',
  port: 6543,
  database: 'Größe',
  user: 'reader',
  password: 's3cret: "with" # signs ß密\\',
  tls: true,
};
/** A label and the header that stands for it. */
const IDS = [
  ['no id', undefined, /^\$ANSIBLE_VAULT;1\.1;AES256\n/],
  ['an id', 'production', /^\$ANSIBLE_VAULT;1\.2;AES256;production\n/],
  ['an id of many signs', 'eu-1/db:main?', /^\$ANSIBLE_VAULT;1\.2;AES256;eu-1\/db:main\?\n/],
] as const;

let file: string;
let password: string;

beforeEach(async () => {
  const folder = await temporaryFolder();
  file = path.join(folder, 'db.credentials');
  password = path.join(folder, 'password');
  await writeFile(password, `${PASSWORD}\r\n`, { mode: 0o600 });
});

const env = () => ({ ASSAY_VAULT_PASSWORD_FILE: password });
const read = (vaultPassword = PASSWORD) => readDatabaseCredentials({ file, vaultPassword });
const keys = (id = 'default', source = password) => ['--vault-id', `${id}@${source}`];

async function asWindows(name: string): Promise<void> {
  await writeFile(name, (await readFile(name, 'utf8')).replaceAll('\n', '\r\n'));
}

withTool(
  `the real ansible-vault${found === undefined ? ' (skipped: ansible-core is not installed)' : ''}`,
  () => {
    test.each(IDS)('seals with %s what we read, rekey and give back', async (_, id, header) => {
      const text = `# Grüße\r\n${JSON.stringify(FIELDS)}\r\n`;
      await writeFile(file, text);
      await run(tool, [
        'encrypt',
        ...keys(id),
        ...(id === undefined ? [] : ['--encrypt-vault-id', id]),
        file,
      ]);
      expect(await readFile(file, 'utf8')).toMatch(header);
      await asWindows(file);
      expect(await read()).toMatchObject(FIELDS);

      const newer = { ...env(), ASSAY_NEW_VAULT_PASSWORD: 'newer' };
      expect(await runCredentials(['rekey', '--file', file], newer)).toMatchObject({ code: 0 });
      expect(await readFile(file, 'utf8')).toMatch(header);
      await writeFile(password, 'newer');
      const { stdout } = await run(tool, ['view', ...keys(id), file]);
      // To the byte, comment and line ends with it.
      expect(stdout).toBe(text);
    });

    test.each(IDS)('reads and rekeys what we seal with %s', async (_, id, header) => {
      const args = ['init', '--file', file, ...(id === undefined ? [] : ['--vault-id', id])];
      const input = `\uFEFF${JSON.stringify(FIELDS, undefined, 2).replaceAll('\n', '\r\n')}`;
      expect(await runCredentials(args, env(), { input })).toMatchObject({ code: 0 });
      expect(await readFile(file, 'utf8')).toMatch(header);
      const { stdout } = await run(tool, ['view', ...keys(id), file]);
      expect(stdout).toContain('database: "Größe"\n');

      const newer = `${password}-2`;
      await writeFile(newer, 'newer');
      const target = id === undefined ? ['--new-vault-password-file', newer] : [];
      const labelled = id === undefined ? [] : ['--new-vault-id', `${id}@${newer}`];
      await run(tool, ['rekey', ...keys(id), ...target, ...labelled, file]);
      expect(await readFile(file, 'utf8')).toMatch(header);
      expect(await read('newer')).toMatchObject(FIELDS);
    });

    test('opens what our editor left with line ends of Windows in the text', async () => {
      const input = JSON.stringify(FIELDS);
      await runCredentials(['init', '--file', file], env(), { input });
      const EDITOR = `sed -i 's/$/\\r/'`;
      const ran = await runCredentials(['edit', '--file', file], { ...env(), EDITOR });
      expect(ran).toMatchObject({ code: 0 });
      expect(await read()).toMatchObject(FIELDS);
      const { stdout } = await run(tool, ['view', ...keys(), file]);
      expect(stdout.split('\r\n')).toHaveLength(7);
    });
  },
);
