/**
 * What other processes say through PostgreSQL's NOTIFY. Each word is a hint that comes soon or never: whoever
 * listens must look at the tables now and then all the same.
 */
import { EventEmitter } from 'node:events';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { answeredInTime, prepareConnection } from './prepare-connection';
import { poolOf } from './sql';

/** One channel for all, so that one LISTEN is enough; the payload says `topic:value`. */
const CHANNEL = 'assay';
const RECONNECT_MS = 500;
/** A connection that broke without a word is found out after this. */
const PROBE_MS = 5_000;

const TOPICS = ['job', 'run', 'closed', 'swept'] as const;

/**
 * `job`: an engine's queue has something new. `run`: a run has changed, or a shard of it was begun or has ended. `closed`: its open shards were
 * taken from whoever had them. `swept`: a process has just looked for lost shards.
 */
export type Topic = (typeof TOPICS)[number];

/** An expression that notifies; transactional, as NOTIFY is. @param value an SQL expression for text */
export function notifySql(topic: Topic, value: string): string {
  return `pg_notify('${CHANNEL}', '${topic}:' || ${value})`;
}

export class Notifications {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private connecting: Promise<void> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Returns when it listens, or when it has failed for the first time and goes on trying. */
  async start(): Promise<void> {
    await this.connect();
  }

  /**
   * @param listener told the value; undefined where words may have been missed
   * @returns a function that ends the listening
   */
  on(topic: Topic, listener: (value: string | undefined) => void): () => void {
    this.emitter.on(topic, listener);
    return () => this.emitter.off(topic, listener);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.connecting;
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private connect(): Promise<void> {
    this.connecting = this.tryToConnect();
    return this.connecting;
  }

  private async tryToConnect(): Promise<void> {
    const client = new Client(clientOptions(this.dataSource));
    const lost = () => {
      if (this.client !== client && this.client !== undefined) return;
      this.client = undefined;
      client.removeAllListeners('notification');
      this.later(() => void this.connect(), RECONNECT_MS);
    };
    client.on('error', () => undefined);
    client.once('end', lost);
    client.on('notification', ({ payload }) => {
      this.receive(payload ?? '');
    });
    try {
      await client.connect();
      await prepareConnection(client);
      await answeredInTime(client, client.query(`LISTEN ${CHANNEL}`));
      this.client = client;
      for (const topic of TOPICS) this.emitter.emit(topic, undefined);
      this.later(() => void this.probe(client), PROBE_MS);
    } catch {
      // Closing says "end", unless the connection never stood; then nobody else tries again.
      client.removeListener('end', lost);
      void client.end().catch(() => undefined);
      lost();
    }
  }

  private async probe(client: Client): Promise<void> {
    await answeredInTime(client, client.query('SELECT 1')).catch(() => undefined);
    if (this.client === client) this.later(() => void this.probe(client), PROBE_MS);
  }

  private receive(payload: string): void {
    const colon = payload.indexOf(':');
    this.emitter.emit(payload.slice(0, colon), payload.slice(colon + 1));
  }

  private later(work: () => void, ms: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(work, ms).unref();
  }
}

/** The pool's address and login; its password is kept from being copied along. */
function clientOptions(dataSource: DataSource) {
  const { options } = poolOf(dataSource);
  return { ...options, password: options.password };
}
