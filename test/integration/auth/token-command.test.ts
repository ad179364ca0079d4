/** `assay token …` in this process, on a database that nobody has migrated yet. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tokenHash } from '../../../src/auth/token';
import { runCommand } from '../../../src/cli/program';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { Capture } from '../score/capture';

const environment = { ...process.env };
let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
  const folder = await temporaryFolder();
  const config = path.join(folder, 'config.yaml');
  await writeFile(config, 'log_level: trace\n');
  process.env.ASSAY_CONFIG = config;
  process.env.ASSAY_DATA_PATH = path.join(folder, 'data');
  process.env.DATABASE_URL = database.url;
});

afterAll(async () => {
  process.env = environment;
  await database.end();
});

async function token(...args: string[]) {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const io = { stdout, stderr, isTty: false };
  const code = await runCommand(['node', 'assay', 'token', ...args], io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const rows = () =>
  database.dataSource.query<{ id: string; token_hash: string; revoked_at: Date | null }[]>(
    'SELECT id, token_hash, revoked_at FROM api_token ORDER BY created_at',
  );

it('makes the first token of all, shows it once on stdout, and keeps its hash', async () => {
  const { code, stdout, stderr } = await token('create', '--name', 'me', '--role', 'admin');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const shown = stdout.match(/^assay_[A-Za-z0-9_-]{43}$/gm) ?? [];
  expect(shown).toHaveLength(1);
  expect(stdout).toMatch(/^Token [0-9a-f-]{36} for me, role admin, expires never\.\n/);
  expect((await rows()).map((row) => row.token_hash)).toEqual([tokenHash(shown[0] ?? '')]);
});

it('answers scripts with one line of JSON, and says when the token ends', async () => {
  const flags = ['--name', 'ci', '--role', 'runner', '--expires-in', '12h', '--json'];
  const { code, stdout, stderr } = await token('create', ...flags);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd()).not.toContain('\n');
  const made = JSON.parse(stdout) as Record<string, string>;
  expect(made).toMatchObject({ name: 'ci', role: 'runner', state: 'good', revokedAt: null });
  const lifeMs = Date.parse(made.expiresAt ?? '') - Date.parse(made.createdAt ?? '');
  expect(lifeMs).toBe(12 * 3_600_000);
  expect((await rows()).at(-1)?.token_hash).toBe(tokenHash(made.token ?? ''));
});

it('lists tokens without a way to use them, and revokes one by its id', async () => {
  const listed = await token('list');
  expect(listed.stdout).toMatch(/^Id +Name +Role +State +Created +Expires +Last used\n/);
  expect(listed.stdout).toMatch(/ ci +runner +good /);
  const json = await token('list', '--json');
  const [newest] = JSON.parse(json.stdout) as { id: string; name: string }[];
  expect(newest?.name).toBe('ci');
  expect(listed.stdout + json.stdout).not.toMatch(/assay_|[0-9a-f]{64}/);

  const { code, stdout } = await token('revoke', newest?.id ?? '');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `Revoked ${newest?.id ?? ''} (ci, runner).\n`,
  });
  expect((await rows()).map((row) => row.revoked_at === null)).toEqual([true, false]);
  expect((await token('list')).stdout).toMatch(/ ci +runner +revoked /);
});

it.each([
  [['create', '--name', 'x'], '--role'],
  [['create', '--role', 'viewer'], '--name'],
  [
    ['create', '--name', 'x', '--role', 'root'],
    'Allowed choices are viewer, runner, worker, admin',
  ],
  [['create', '--name', '\u001b[31m', '--role', 'viewer'], 'TOKEN_NAME_INVALID'],
  [['create', '--name', 'x', '--role', 'viewer', '--expires-in', 'soon'], 'TOKEN_LIFETIME_INVALID'],
  [['revoke'], 'missing required argument'],
  [['revoke', '0b5b7a3e-6a55-4d0a-9b59-6f4f6f6f6f6f'], 'TOKEN_NOT_FOUND'],
])('ends with 2 on %j, and changes nothing', async (args, said) => {
  const before = await rows();
  const { code, stdout, stderr } = await token(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(said);
  expect(await rows()).toEqual(before);
});

it('does not repeat a token that somebody takes for its id', async () => {
  const secret = `assay_${'s'.repeat(43)}`;
  const { code, stdout, stderr } = await token('revoke', secret);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^TOKEN_NOT_FOUND: .*give the id, not the token/);
  expect(stdout + stderr).not.toContain(secret);
});
