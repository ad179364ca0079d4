import { execFileSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres';
import { cleanUp, freshFolder } from './fresh-folder';
import { isAlive, postmasterPid, query, serverPids, startHolder, until } from './processes';

afterEach(cleanUp);

const onLinux = process.platform === 'linux' ? test : test.skip;

const COUNT = 'SELECT count(*)::int AS count FROM t';

async function pidOf(dataDir: string): Promise<number> {
  const pid = await postmasterPid(dataDir);
  if (pid === undefined) throw new Error(`no server runs in ${dataDir}`);
  return pid;
}

async function killServer(dataDir: string): Promise<void> {
  const pids = await serverPids(await pidOf(dataDir));
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // One of its workers may have ended by itself since they were counted.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

describe('after kill -9', () => {
  test('of its owner, the server is adopted with all its rows, and stopped in the end', async () => {
    const dataDir = await freshFolder();
    const owner = await startHolder(dataDir);
    await query(owner.answer.connection, 'CREATE TABLE t AS SELECT generate_series(1, 500) AS id');
    const pid = await pidOf(dataDir);
    await owner.kill();
    expect(isAlive(pid)).toBe(true);

    const heir = await startHolder(dataDir);
    expect(heir.answer).toMatchObject({ adopted: true, connection: owner.answer.connection });
    expect(await query(heir.answer.connection, COUNT)).toEqual([{ count: 500 }]);
    expect(await heir.stop()).toBe(0);
    await until(() => !isAlive(pid));
  });

  onLinux('of everything amid writes, every acknowledged row is there', async () => {
    const dataDir = await freshFolder();
    const owner = await startHolder(dataDir);
    await query(owner.answer.connection, 'CREATE TABLE t (id int PRIMARY KEY)');
    let acknowledged = 0;
    const writer = new Client(owner.answer.connection);
    writer.on('error', () => undefined);
    await writer.connect();
    const writing = (async () => {
      for (let id = 1; ; id++) {
        await writer.query('INSERT INTO t VALUES ($1)', [id]);
        acknowledged = id;
      }
    })().catch(() => undefined);
    await until(() => acknowledged > 50);
    await Promise.all([owner.kill(), killServer(dataDir)]);
    await writing;

    const next = await startHolder(dataDir);
    expect(next.answer.adopted).toBe(false);
    const [row] = await query<{ count: number }>(next.answer.connection, COUNT);
    expect(acknowledged).toBeGreaterThan(50);
    // One more may have been committed without our hearing of it.
    expect([acknowledged, acknowledged + 1]).toContain(row?.count);
    expect(await next.stop()).toBe(0);
  });

  onLinux('of the server, its owner not yet having reaped it, the next start goes on', async () => {
    const dataDir = await freshFolder();
    const owner = await startHolder(dataDir);
    const pid = await pidOf(dataDir);
    owner.child.kill('SIGSTOP');
    await killServer(dataDir);
    await until(async () => (await readFile(`/proc/${pid}/cmdline`, 'utf8')) === '');
    expect(isAlive(pid)).toBe(true);

    const next = await startEmbeddedPostgres({ dataDir });
    expect(next.adopted).toBe(false);
    expect(await query(next.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await next.stop();
  });

  onLinux(
    'a number in postmaster.pid that now belongs to a stranger, or none at all, is no hindrance',
    async () => {
      const dataDir = await freshFolder();
      const file = join(dataDir, 'data', 'postmaster.pid');
      for (const replace of [
        (text: string) => text.replace(/^\d+/, String(process.pid)),
        (text: string) => text.replace(/^\d+/, '-1'),
        () => '',
      ]) {
        const owner = await startHolder(dataDir);
        expect(owner.answer.adopted).toBe(false);
        await Promise.all([owner.kill(), killServer(dataDir)]);
        await writeFile(file, replace(await readFile(file, 'utf8')));
      }
      const next = await startEmbeddedPostgres({ dataDir });
      expect(await query(next.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await next.stop();
    },
  );

  onLinux(
    'of the server while one of its processes still works, the next start waits for that',
    async () => {
      const dataDir = await freshFolder();
      const owner = await startHolder(dataDir);
      const { connection } = owner.answer;
      const busy = query(connection, 'SELECT count(*) FROM generate_series(1, 5000000)').catch(
        () => undefined,
      );
      await until(async () => {
        const active = `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%5000000%'
                         AND pid <> pg_backend_pid()`;
        return (await query(connection, active)).length > 0;
      });
      process.kill(await pidOf(dataDir), 'SIGKILL');
      await owner.kill();
      const next = await startEmbeddedPostgres({ dataDir });
      expect(next.adopted).toBe(false);
      expect(await query(next.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await next.stop();
      await busy;
    },
  );

  onLinux('of the server alone, stop() of its owner ends well', async () => {
    const dataDir = await freshFolder();
    const server = await startEmbeddedPostgres({ dataDir });
    await killServer(dataDir);
    await until(() =>
      query(server.connection, 'SELECT 1').then(
        () => false,
        () => true,
      ),
    );
    await server.stop();
  });

  onLinux('of one of its processes, the server recovers, and stop() still stops it', async () => {
    const dataDir = await freshFolder();
    const server = await startEmbeddedPostgres({ dataDir });
    const pid = await pidOf(dataDir);
    const [, child = 0] = await serverPids(pid);
    process.kill(child, 'SIGKILL');
    await until(() => !isAlive(child));
    await until(() =>
      query(server.connection, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    expect(await pidOf(dataDir)).toBe(pid);
    await server.stop();
    expect(await postmasterPid(dataDir)).toBeUndefined();
  });

  onLinux('of several, the starts that follow at the same moment find one server', async () => {
    const dataDir = await freshFolder();
    const owner = await startHolder(dataDir);
    await Promise.all([owner.kill(), killServer(dataDir)]);
    const file = join(dataDir, 'data', 'postmaster.pid');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^\d+/, String(process.pid)));
    const holders = await Promise.all([1, 2, 3].map(() => startHolder(dataDir)));
    expect(holders.map((holder) => holder.answer.adopted).sort()).toEqual([false, true, true]);
    expect(await Promise.all(holders.map((holder) => holder.stop()))).toEqual([0, 0, 0]);
  });
});

onLinux('a copied folder gets a server of its own, not that of the original', async () => {
  const dataDir = await freshFolder();
  const copy = await freshFolder();
  const original = await startEmbeddedPostgres({ dataDir });
  await query(original.connection, 'CREATE TABLE t AS SELECT 1 AS id');
  await query(original.connection, 'CHECKPOINT');
  await cp(dataDir, copy, { recursive: true, preserveTimestamps: true });
  if (process.geteuid?.() === 0) {
    // cp does not keep owners.
    execFileSync('chown', ['-R', '65534:65534', join(copy, 'data')]);
  }
  const other = await startEmbeddedPostgres({ dataDir: copy });
  expect(other.adopted).toBe(false);
  expect(other.connection.port).not.toBe(original.connection.port);
  await query(other.connection, 'DROP TABLE t');
  expect(await query(original.connection, COUNT)).toEqual([{ count: 1 }]);
  await other.stop();
  await original.stop();
});
