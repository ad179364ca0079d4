/** A server that is killed alone, under the processes that use it, is there again. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/database/embedded/embedded-postgres';
import { cleanUp, freshFolder } from './fresh-folder';
import { isAlive, postmasterPid, query, until } from './processes';

afterEach(cleanUp);

interface User {
  server: EmbeddedPostgres;
  /** Where it listens, as far as this user was told. */
  port: () => number;
  troubles: string[];
}

async function use(dataDir: string): Promise<User> {
  const troubles: string[] = [];
  let port: number | undefined;
  const server = await startEmbeddedPostgres({
    dataDir,
    keepUp: {
      onRestart: (now) => (port = now),
      onTrouble: (message) => troubles.push(message),
    },
  });
  return { server, port: () => port ?? server.connection.port, troubles };
}

const answers = ({ server, port }: User) =>
  query({ ...server.connection, port: port() }, 'SELECT 1').then(
    () => true,
    () => false,
  );

/** The postmaster alone. @returns its number */
async function killPostmaster(dataDir: string): Promise<number> {
  const pid = (await postmasterPid(dataDir)) ?? 0;
  process.kill(pid, 'SIGKILL');
  await until(() => !isAlive(pid));
  return pid;
}

it('is started again on its port, with all rows, as often as it is killed, and stopped in the end', async () => {
  const dataDir = await freshFolder();
  const user = await use(dataDir);
  const { connection } = user.server;
  await query(connection, 'CREATE TABLE t AS SELECT generate_series(1, 500) AS id');
  for (let kills = 1; kills <= 3; kills++) {
    const killed = await killPostmaster(dataDir);
    await until(async () => (await answers(user)) && (await postmasterPid(dataDir)) !== killed);
    expect(user.port()).toBe(connection.port);
    expect(await query(connection, 'SELECT count(*)::int AS count FROM t')).toEqual([
      { count: 500 },
    ]);
    expect(user.troubles).toHaveLength(kills);
  }
  await user.server.stop();
  expect(await postmasterPid(dataDir)).toBeUndefined();
});

it('has one successor for several users, and their last one stops it', async () => {
  const dataDir = await freshFolder();
  const users = [await use(dataDir), await use(dataDir), await use(dataDir)];
  const killed = await killPostmaster(dataDir);
  for (const user of users) await until(() => answers(user));
  const next = await postmasterPid(dataDir);
  expect(next).not.toBe(killed);
  expect(new Set(users.map((user) => user.port())).size).toBe(1);
  for (const { server } of users.slice(1)) await server.stop();
  expect(await postmasterPid(dataDir)).toBe(next);
  await users[0]?.server.stop();
  expect(await postmasterPid(dataDir)).toBeUndefined();
});

it('moves where somebody else has taken its port meanwhile', async () => {
  const dataDir = await freshFolder();
  const user = await use(dataDir);
  const { port } = user.server.connection;
  const killed = await killPostmaster(dataDir);
  const thief = createServer((socket) => socket.destroy());
  // Faster than we are, or the test would say nothing.
  thief.listen(port, '127.0.0.1');
  await Promise.race([once(thief, 'listening'), once(thief, 'error')]);
  await until(async () => (await answers(user)) && (await postmasterPid(dataDir)) !== killed);
  if (thief.listening) expect(user.port()).not.toBe(port);
  thief.close();
  await user.server.stop();
});

it('is left dead by a user who leaves', async () => {
  const dataDir = await freshFolder();
  const user = await use(dataDir);
  await user.server.stop();
  await sleep(300);
  expect(await postmasterPid(dataDir)).toBeUndefined();
  expect(user.troubles).toEqual([]);

  const next = await use(dataDir);
  await killPostmaster(dataDir);
  await next.server.stop();
  await sleep(300);
  const left = await postmasterPid(dataDir);
  expect(left === undefined || !isAlive(left)).toBe(true);
});
