/** A network that falls silent under a connection: statements in flight fail soon, slow ones on a sound network do not. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { socketOf } from '../../../src/database/broken-connections';
import { isDatabaseAway } from '../../../src/database/database-away';
import { poolOf } from '../../../src/database/sql';
import { connectTo } from '../../support/open-test-database';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';

let database: TestDatabase;
let wire: Wire;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createTestDatabase();
  wire = await Wire.to(database.url);
  dataSource = await connectTo(wire.url);
});

afterEach(async () => {
  if (dataSource.isInitialized) await dataSource.destroy();
  wire.end();
  await database.drop();
});

it('fails a statement in flight as one of a database that is away, and asks again once it is back', async () => {
  const asked = dataSource.query('SELECT pg_sleep(600)').catch((error: unknown) => error);
  await sleep(100);
  wire.silence();
  expect(isDatabaseAway(await asked)).toBe(true);
  await wire.restore();
  expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('leaves a slow statement alone, and a connection that thinks between two statements', async () => {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  await Promise.all([dataSource.query('SELECT pg_sleep(6)'), sleep(6_000)]);
  expect(await runner.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await runner.release();
});

it('asks the server to forget a client that does not answer', async () => {
  const names = 'tcp_keepalives_idle tcp_keepalives_interval tcp_keepalives_count tcp_user_timeout';
  const rows = await dataSource.query<{ name: string; setting: string }[]>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1) ORDER BY name',
    [names.split(' ')],
  );
  expect(rows.map(({ setting }) => Number(setting))).toEqual([3, 5, 5, 20_000]);
});

it('is closed in time where nobody says goodbye', async () => {
  const client = await poolOf(dataSource).connect();
  const socket = socketOf(client);
  client.release();
  wire.silence();
  await dataSource.destroy();
  expect(socket.destroyed).toBe(false);
  await once(socket, 'close');
});

/** Between clients and a server; it can fall silent as if it were cut. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private port = 0;

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {
    server.on('connection', (client) => {
      this.forward(client);
    });
  }

  static async to(url: string): Promise<Wire> {
    const wire = new Wire(new URL(url), createServer());
    await wire.restore();
    wire.port = (wire.server.address() as AddressInfo).port;
    return wire;
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  /** Nothing passes any more, and nobody is let in. */
  silence(): void {
    this.server.close();
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Others may come; who was there before stays unheard. */
  async restore(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  end(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private forward(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => from.destroy());
      from.once('close', () => to.destroy());
      from.pipe(to);
    }
  }
}
