/** A process is alive for as long as its connection stands, and dead at once when it is cut. */
import type { DataSource } from 'typeorm';
import { isDead, ProcessLease } from '../../../src/database/process-lease';
import { eventually } from '../../support/eventually';
import {
  connectTo,
  openTestDatabase,
  type OpenTestDatabase,
} from '../../support/open-test-database';

let database: OpenTestDatabase;
let owner: DataSource;
let lease: ProcessLease;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.end());

beforeEach(async () => {
  owner = await connectTo(database.url);
  lease = new ProcessLease(owner);
  await lease.acquire();
});

afterEach(async () => {
  await lease.release();
  if (owner.isInitialized) await owner.destroy();
});

const dead = (workerId = lease.workerId) =>
  database.dataSource.transaction((manager) => isDead(manager, workerId));

describe('ProcessLease', () => {
  it('says that its holder lives, and keeps saying so', async () => {
    expect(await dead()).toBe(false);
    expect(await dead()).toBe(false);
  });

  it('says that a worker nobody ever saw is dead', async () => {
    expect(await dead(crypto.randomUUID())).toBe(true);
  });

  it('ends with its release', async () => {
    await lease.release();
    expect(await dead()).toBe(true);
  });

  it('ends with the connections of its process, and is taken again where that comes back', async () => {
    await database.dataSource.query(
      `SELECT pg_terminate_backend(l.pid) FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await eventually('the lease is lost', dead);
    await eventually('the lease is taken again', async () => !(await dead()));
  });

  it('lets only one of two find the worker dead at a time', async () => {
    const workerId = crypto.randomUUID();
    const other = await connectTo(database.url);
    try {
      const verdicts = await database.dataSource.transaction(async (first) => [
        await isDead(first, workerId),
        await other.transaction((second) => isDead(second, workerId)),
      ]);
      expect(verdicts).toEqual([true, false]);
    } finally {
      await other.destroy();
    }
  });
});
