/** `assay credentials edit` with an editor: the text lies in memory alone, and no mishap changes the file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readDatabaseCredentials } from '../../../src/config/credentials';
import { temporaryFolder } from '../../support/temporary-folder';
import { type Env, runCredentials } from './run-credentials';

// Without a tmpfs, as on macOS, no editor is opened.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

const VAULT = { ASSAY_VAULT_PASSWORD: 'vault-secret' };
const FIELDS = { host: 'db.example', database: 'results', user: 'assay', password: 's3cret ß' };

let folder: string;
let file: string;
/** A place in memory of this test's own, to see what stays there. */
let memory: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder, 'db.credentials');
});

async function init(...args: string[]) {
  const input = JSON.stringify(FIELDS);
  const ran = await runCredentials(['init', '--file', file, ...args], VAULT, { input });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
}

const edit = (env: Env) =>
  runCredentials(['edit', '--file', file], { ...VAULT, XDG_RUNTIME_DIR: memory, ...env });

onLinux('edit', () => {
  beforeEach(() => {
    memory = mkdtempSync('/dev/shm/assay-test-');
  });
  afterEach(() => {
    rmSync(memory, { recursive: true });
  });

  test('gives the editor a file in memory and no passwords, keeps its words and the vault id', async () => {
    await init('--vault-id', 'prod');
    const editor = path.join(folder, 'my editor');
    const seen = path.join(folder, 'seen');
    await writeFile(
      editor,
      `#!/bin/sh
{ stat -c %a "$2"; stat -c %a "$(dirname "$2")"; stat -f -c %T "$2"; env | grep -c -e PASSWORD= -e DATABASE_URL; } > "$1"
printf '# Grüße\\r\\n' >> "$2"; sed -i s/db.example/other.example/ "$2"
`,
      { mode: 0o700 },
    );
    const DATABASE_URL = 'postgres://u:s3cret@h/d';
    const ran = await edit({ DATABASE_URL, EDITOR: `'${editor}' '${seen}'` });
    expect(ran).toEqual({ code: 0, stdout: `Sealed ${file}\n`, stderr: '' });
    expect(await readFile(seen, 'utf8')).toBe('600\n700\ntmpfs\n0\n');
    expect(await readDatabaseCredentials({ file, vaultPassword: 'vault-secret' })).toMatchObject({
      ...FIELDS,
      host: 'other.example',
    });
    expect(await readFile(file, 'utf8')).toMatch(/^\$ANSIBLE_VAULT;1.2;AES256;prod\n/);
    expect(await readdir(memory)).toEqual([]);
  });

  test.each([
    ['true', 0, /^Nothing was changed/],
    ['false', 2, /^CREDENTIALS_EDITOR_FAILED: .*exit code 1/],
    ['rm', 2, /^CREDENTIALS_EDITOR_FAILED: .*removed the file/],
    ['/nonexistent/editor', 2, /CREDENTIALS_EDITOR_FAILED: .*exit code 127/],
    ['kill -9 $$;', 2, /^CREDENTIALS_EDITOR_FAILED: .*SIGKILL/],
    ['echo s3cret=1 >', 2, /^CREDENTIALS_INVALID: .*Nothing was changed/],
    ['head -c 70000 /dev/zero >', 2, /^CREDENTIALS_TOO_LARGE: /],
  ])('with the editor "%s" leaves the file as it was', async (EDITOR, code, message) => {
    await init();
    const before = await readFile(file);
    const ran = await edit({ EDITOR });
    expect(ran.code).toBe(code);
    expect(ran.stdout + ran.stderr).toMatch(message);
    expect(ran.stdout + ran.stderr).not.toContain('s3cret');
    expect(await readFile(file)).toEqual(before);
    expect(await readdir(memory)).toEqual([]);
  });

  test('passes by a named place that is not in memory', async () => {
    await init();
    const seen = path.join(folder, 'seen');
    const EDITOR = `f() { printf %s "$1" > '${seen}'; }; f`;
    expect(await edit({ EDITOR, XDG_RUNTIME_DIR: '/sys' })).toMatchObject({ code: 0 });
    expect(await readFile(seen, 'utf8')).toMatch(/^\/dev\/shm\/assay-/);
  });

  test('does not undo what somebody else sealed meanwhile', async () => {
    await init();
    const EDITOR = `echo x > '${file}'; sed -i s/db.example/mine/`;
    const ran = await edit({ EDITOR });
    expect(ran.stderr).toMatch(/^CREDENTIALS_CHANGED: /);
    expect(await readFile(file, 'utf8')).toBe('x\n');
  });

  test('without an editor and a terminal says what to do', async () => {
    await init();
    const ran = await edit({});
    expect(ran.stderr).toMatch(/^CREDENTIALS_NO_EDITOR: .*init --force/);
  });
});
