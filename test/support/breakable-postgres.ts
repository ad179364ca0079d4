/**
 * A real embedded PostgreSQL behind a port that stays the same: it can be killed and started again, and its
 * connections can be cut, as often as a test likes.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres';
import { eventually } from './eventually';

export class BreakablePostgres {
  private readonly pairs = new Set<Socket>();
  private server!: EmbeddedPostgres;
  private target: number | undefined;

  private constructor(
    private readonly dataDir: string,
    private readonly proxy: Server,
  ) {
    proxy.on('connection', (client) => {
      this.forward(client);
    });
  }

  static async start(dataDir: string): Promise<BreakablePostgres> {
    const proxy = createServer();
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const postgres = new BreakablePostgres(dataDir, proxy);
    await postgres.restart();
    return postgres;
  }

  /** The same after each restart. */
  get url(): string {
    const { user, password, database } = this.server.connection;
    const { port } = this.proxy.address() as AddressInfo;
    return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  }

  /** Brings it up again; what was committed is there. */
  async restart(): Promise<void> {
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir });
    this.target = this.server.connection.port;
  }

  /** kill -9 of the server: its connections break, and nobody answers until `restart`. */
  async kill(): Promise<void> {
    this.target = undefined;
    const pid = await this.pid();
    process.kill(pid, 'SIGKILL');
    await eventually('PostgreSQL is dead', async () => {
      const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z ');
      return status.includes(') Z ');
    });
    this.cut();
  }

  /** Breaks all connections, as a network does. */
  cut(): void {
    for (const socket of this.pairs) socket.destroy();
    this.pairs.clear();
  }

  async stop(): Promise<void> {
    this.proxy.close();
    this.cut();
    await this.server.stop();
  }

  private async pid(): Promise<number> {
    const file = await readFile(path.join(this.dataDir, 'data', 'postmaster.pid'), 'utf8');
    return Number.parseInt(file, 10);
  }

  private forward(client: Socket): void {
    client.on('error', () => client.destroy());
    if (this.target === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(this.target, '127.0.0.1');
    upstream.on('error', () => upstream.destroy());
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.pairs.add(from);
      from.pipe(to);
      from.once('close', () => {
        this.pairs.delete(from);
        to.destroy();
      });
    }
  }
}
