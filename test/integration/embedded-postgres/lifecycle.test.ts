import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres';
import { cleanUp, freshFolder } from './fresh-folder';
import { isAlive, postmasterPid, query, startHolder, until } from './processes';

afterEach(cleanUp);

const onLinux = process.platform === 'linux' ? test : test.skip;

describe('an embedded PostgreSQL', () => {
  test('is PostgreSQL 18, durable, on loopback by password alone, with the asked-for database', async () => {
    const dataDir = await freshFolder();
    const messages: string[] = [];
    const log = (message: string) => messages.push(message);
    const server = await startEmbeddedPostgres({ dataDir, database: "odd 'name", log });
    expect(server.adopted).toBe(false);
    const { connection } = server;
    const settings = await query<{ name: string; setting: string }>(
      connection,
      `SELECT name, setting FROM pg_settings WHERE name = ANY($1)`,
      [
        [
          'fsync',
          'full_page_writes',
          'synchronous_commit',
          'data_checksums',
          'listen_addresses',
        ].concat(['unix_socket_directories', 'server_encoding', 'lc_messages', 'wal_segment_size']),
      ],
    );
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      server_encoding: 'UTF8',
      lc_messages: 'C',
      wal_segment_size: String(1024 * 1024),
    });
    const [row] = await query<Record<string, string>>(
      connection,
      `SELECT current_database() AS database, current_setting('server_version_num') AS version,
              (SELECT rolpassword FROM pg_authid WHERE rolname = current_user) AS verifier`,
    );
    expect(row?.['database']).toBe("odd 'name");
    expect(row?.['version']).toMatch(/^18/);
    expect(row?.['verifier']).toMatch(/^SCRAM-SHA-256\$/);
    await expect(query({ ...connection, password: 'guess' }, 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    });
    await server.stop();
    expect(messages.join('\n')).not.toContain(connection.password);
    await expect(query(connection, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('keeps password and log to their owner, and the password out of arguments and log', async () => {
    const dataDir = await freshFolder();
    const server = await startEmbeddedPostgres({ dataDir });
    const { password } = server.connection;
    for (const file of [join('data', 'assay-password'), 'server.log']) {
      expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(dataDir, 'data'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(dataDir, 'data', 'postmaster.opts'), 'utf8')).not.toContain(
      password,
    );
    await server.stop();
    expect(await readFile(join(dataDir, 'server.log'), 'utf8')).not.toContain(password);
    expect((await readdir(dataDir)).sort()).toEqual(['data', 'server.log']);
  });

  onLinux(
    'is in a session of its own, out of reach of Ctrl-C, and sees nothing of our environment',
    async () => {
      const dataDir = await freshFolder();
      process.env['ASSAY_VAULT_PASSWORD'] = 'open sesame';
      process.env['PGPORT'] = '1';
      process.env['PGDATA'] = '/nonexistent';
      const server = await startEmbeddedPostgres({ dataDir });
      for (const name of ['ASSAY_VAULT_PASSWORD', 'PGPORT', 'PGDATA'])
        Reflect.deleteProperty(process.env, name);
      const pid = (await postmasterPid(dataDir)) ?? 0;
      const status = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      expect(status.slice(2, 4)).toEqual([String(pid), String(pid)]); // process group and session
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      expect(environment.split('\0').map((entry) => entry.split('=')[0])).not.toContain('PGDATA');
      expect(environment).not.toContain('sesame');
      await server.stop();
    },
  );

  test('keeps rows and password from one start to the next, and stop may be called twice', async () => {
    const dataDir = await freshFolder();
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.connection, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id');
    await Promise.all([first.stop(), first.stop()]);
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.adopted).toBe(false);
    expect(second.connection.password).toBe(first.connection.password);
    const rows = await query(second.connection, 'SELECT count(*)::int AS count FROM kept');
    expect(rows).toEqual([{ count: 1000 }]);
    await second.stop();
    await second.stop();
  });

  test('does not keep a process alive that forgot to stop it', async () => {
    const dataDir = await freshFolder();
    const holder = await startHolder(dataDir);
    expect(await holder.forget()).toBe(0);
    const next = await startEmbeddedPostgres({ dataDir });
    expect(next.adopted).toBe(true);
    await next.stop();
  });
});

describe('a server used by several processes', () => {
  test('is made once and started once when they start at the same moment on a new folder', async () => {
    const dataDir = await freshFolder();
    const holders = await Promise.all([1, 2, 3].map(() => startHolder(dataDir)));
    expect(holders.map((holder) => holder.answer.adopted).sort()).toEqual([false, true, true]);
    const ports = new Set(holders.map((holder) => holder.answer.connection?.port));
    const passwords = new Set(holders.map((holder) => holder.answer.connection?.password));
    expect([ports.size, passwords.size]).toEqual([1, 1]);
    expect((await readdir(dataDir)).sort()).toEqual(['data', 'server.log']);

    const pid = (await postmasterPid(dataDir)) ?? 0;
    const [starter, ...adopters] = holders.sort(
      (a, b) => Number(a.answer.adopted) - Number(b.answer.adopted),
    );
    // Its starter leaves first: the server is not pulled from under the others.
    expect(await starter?.stop()).toBe(0);
    await query(adopters[0]?.answer.connection, 'CREATE TABLE t (id int)');
    expect(await Promise.all(adopters.map((holder) => holder.stop()))).toEqual([0, 0]);
    await until(() => !isAlive(pid));
    expect(await postmasterPid(dataDir)).toBeUndefined();
  });

  test('stays while somebody else is connected, and goes with the next who leaves', async () => {
    const dataDir = await freshFolder();
    const first = await startEmbeddedPostgres({ dataDir });
    const slow = query(first.connection, 'SELECT pg_sleep(1.5), 42 AS answer');
    await until(async () => {
      const active = `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`;
      return (await query(first.connection, active)).length > 0;
    });
    await first.stop();
    expect(await slow).toMatchObject([{ answer: 42 }]);
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.adopted).toBe(true);
    await second.stop();
    expect(await postmasterPid(dataDir)).toBeUndefined();
  });

  test('is there for whoever comes while another stops it', async () => {
    const dataDir = await freshFolder();
    let current = await startEmbeddedPostgres({ dataDir });
    for (let round = 0; round < 6; round++) {
      const [next] = await Promise.all([startEmbeddedPostgres({ dataDir }), current.stop()]);
      expect(await query(next.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      current = next;
    }
    await current.stop();
  });
});
