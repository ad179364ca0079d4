/** From sealed fields to a real database, as the containers start it: all of it from the environment. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../../src/cli/program';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { Capture } from '../score/capture';
import { runCredentials } from './run-credentials';

const environment = process.env;
let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
});
afterEach(() => {
  process.env = environment;
});
afterAll(() => database.end());

async function migrateBy(sealedPassword: string) {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'db.credentials');
  const secret = path.join(folder, 'vault-password');
  await writeFile(secret, 'vault-w0rd\n', { mode: 0o600 });
  const { hostname, port, pathname, username } = new URL(database.url);
  const input = JSON.stringify({
    host: hostname,
    port: Number(port),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
    password: sealedPassword,
    tls: false,
  });
  const env = { ASSAY_VAULT_PASSWORD_FILE: secret, ASSAY_DB_CREDENTIALS: file };
  expect(await runCredentials(['init'], env, { input })).toMatchObject({ code: 0 });
  process.env = { ...environment, ...env, DATABASE_URL: '', NODE_ENV: 'production' };
  const [stdout, stderr] = [new Capture(), new Capture()];
  const code = await runCommand(['node', 'assay', 'migrate'], { stdout, stderr, isTty: false });
  return { code, printed: stdout.text + stderr.text };
}

test('migrate reaches the database that the sealed fields name', async () => {
  const ran = await migrateBy(decodeURIComponent(new URL(database.url).password));
  expect(ran).toMatchObject({ code: 0, printed: expect.stringMatching(/^Ran /) as string });
});

test("the demo's database password is refused in production before anything is reached", async () => {
  const { code, printed } = await migrateBy('demo-only');
  expect(code).toBe(2);
  expect(printed).toMatch(/^CREDENTIALS_DEMO_PASSWORD: The database password/);
});
