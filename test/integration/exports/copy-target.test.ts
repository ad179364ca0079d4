/** Which databases results may be copied to, how one is named, and that no password is an argument. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations';
import { openCopyTarget } from '../../../src/cli/copy-target';
import { seal } from '../../../src/config/vault';
import { ranMigrations, revertLast } from '../../../src/database/migrate';
import {
  connectTo,
  openTestDatabase,
  type OpenTestDatabase,
} from '../../support/open-test-database';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import { temporaryFolder } from '../../support/temporary-folder';

const NAMES = MIGRATIONS.map(({ name }) => name);

let from: OpenTestDatabase;
let to: TestDatabase;
let password: string;

beforeAll(async () => {
  from = await openTestDatabase();
}, 120_000);
afterAll(() => from.end());
beforeEach(async () => {
  to = await createTestDatabase();
  password = decodeURIComponent(new URL(to.url).password);
  process.env['ASSAY_TARGET_PASSWORD'] = password;
});
afterEach(async () => {
  delete process.env['ASSAY_TARGET_PASSWORD'];
  delete process.env['ASSAY_VAULT_PASSWORD'];
  await to.drop();
});

/** As a command would, whose output is read; nobody sits at it. */
async function open(address: string, update = false) {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, stdin, isTty: false };
  const dataSource = await openCopyTarget(io, address, from.dataSource, update);
  try {
    return { ran: await ranMigrations(dataSource), said: String(stderr.read() ?? '') };
  } finally {
    await dataSource.destroy();
  }
}

function withoutPassword(url: string): string {
  const address = new URL(url);
  address.password = '';
  return address.href;
}

async function prepared(work: (dataSource: DataSource) => Promise<unknown>): Promise<void> {
  const dataSource = await connectTo(to.url);
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

it('an empty database gets the schema, once', async () => {
  const address = withoutPassword(to.url);
  const first = await open(address);
  expect(first).toEqual({
    ran: NAMES,
    said: `The target's schema: ran ${NAMES.length} migrations.\n`,
  });
  expect(await open(address)).toEqual({ ran: NAMES, said: '' });
});

it('a credentials file names it, sealed by Ansible Vault', async () => {
  const { hostname, port, username, pathname } = new URL(to.url);
  const file = path.join(await temporaryFolder(), 'archive.credentials');
  const fields = {
    ...{ host: hostname, port: Number(port), database: pathname.slice(1), user: username },
    ...{ password, tls: false },
  };
  await writeFile(file, await seal(JSON.stringify(fields), 'of this test', undefined), {
    mode: 0o600,
  });
  process.env['ASSAY_VAULT_PASSWORD'] = 'of this test';
  delete process.env['ASSAY_TARGET_PASSWORD'];
  expect((await open(file)).ran).toEqual(NAMES);
  process.env['ASSAY_VAULT_PASSWORD'] = 'another';
  await expect(open(file)).rejects.toMatchObject({ kind: 'user' });
});

it('an older one is brought up to date when that is asked for', async () => {
  const address = withoutPassword(to.url);
  await open(address);
  await prepared(revertLast);
  await expect(open(address)).rejects.toMatchObject({
    code: 'EXPORT_TARGET_OLDER',
    message: expect.stringContaining('--migrate') as string,
  });
  expect((await open(address, true)).ran).toEqual(NAMES);
});

it('a newer one is refused', async () => {
  await open(withoutPassword(to.url));
  await prepared((target) =>
    target.query(`INSERT INTO migration (timestamp, name) VALUES (9, 'OfNextYear')`),
  );
  await expect(open(withoutPassword(to.url), true)).rejects.toMatchObject({
    code: 'EXPORT_TARGET_NEWER',
  });
});

it.each([
  ['tables of others', 'CREATE TABLE customer (id integer)'],
  ['a view of others', 'CREATE VIEW customer AS SELECT 1 AS id'],
  [
    'migrations of another program',
    `CREATE TABLE migration (id integer, name text); INSERT INTO migration VALUES (1, 'Theirs')`,
  ],
  ['a table of another shape', 'CREATE TABLE migration (version integer)'],
])('one with %s is refused and left as it is', async (_, sql) => {
  await prepared((target) => target.query(sql));
  await expect(open(withoutPassword(to.url), true)).rejects.toMatchObject({
    code: 'EXPORT_TARGET_FOREIGN',
  });
  await prepared(async (target) => {
    const tables = await target.query<object[]>(
      `SELECT 1 FROM pg_class WHERE relname IN ('checkpoint', 'evaluation_run')`,
    );
    expect(tables).toEqual([]);
  });
});

it('the database itself is refused', async () => {
  await expect(open(withoutPassword(from.url))).rejects.toMatchObject({
    code: 'EXPORT_TARGET_IS_SOURCE',
  });
});

it('a password in the address is refused, and not repeated', async () => {
  const shown = new URL(to.url);
  shown.password = 'seen-by-all';
  for (const address of [shown.href, `${withoutPassword(to.url)}?password=seen-by-all`]) {
    const error = await open(address).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'EXPORT_TARGET_INVALID' });
    expect(String(error)).toContain('ASSAY_TARGET_PASSWORD');
    expect(String(error)).not.toContain('seen-by-all');
  }
});

it('says that it is the target which is away or refuses', async () => {
  process.env['ASSAY_TARGET_PASSWORD'] = 'wrong';
  await expect(open(withoutPassword(to.url))).rejects.toMatchObject({
    code: 'DATABASE_LOGIN_REFUSED',
    message: expect.stringMatching(/^--to: /) as string,
  });
  await expect(open('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
  });
  await expect(open('postgres://[')).rejects.toMatchObject({ code: 'EXPORT_TARGET_INVALID' });
});
