/**
 * Says whether a process still lives, at once and without clocks: each holds an advisory lock of its own
 * for as long as its connection stands, and a lock that can be taken belongs to nobody who is alive.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** How soon a lease that was lost with its connection is taken again. */
const RENEW_INTERVAL_MS = 5_000;

const LOCK_OF = 'hashtextextended($1, 0)';

export class ProcessLease {
  readonly workerId = randomUUID();
  private runner: QueryRunner | undefined;
  private timer: NodeJS.Timeout | undefined;
  private released = false;

  constructor(private readonly dataSource: DataSource) {}

  async acquire(): Promise<void> {
    await this.take();
    this.timer = setInterval(() => void this.renew(), RENEW_INTERVAL_MS).unref();
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    this.released = true;
    const runner = this.runner;
    this.runner = undefined;
    if (!runner) return;
    await runner
      .query(`SELECT pg_advisory_unlock(${LOCK_OF})`, [this.workerId])
      .catch(() => undefined);
    await runner.release();
  }

  private async take(): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(`SELECT pg_advisory_lock(${LOCK_OF})`, [this.workerId]);
      // Released meanwhile: a connection that nobody gives back would keep the data source from closing.
      if (this.released) await runner.release();
      else this.runner = runner;
    } catch (error) {
      await runner.release().catch(() => undefined);
      throw error;
    }
  }

  private async renew(): Promise<void> {
    const runner = this.runner;
    try {
      if (runner) await runner.query('SELECT 1');
      else await this.take();
    } catch {
      // The database is away: the next round takes the lock on a new connection.
      this.runner = undefined;
      await runner?.release().catch(() => undefined);
    }
  }
}

/** True where no living process holds the worker's lease; holds it for the rest of the transaction. */
export async function isDead(manager: EntityManager, workerId: string): Promise<boolean> {
  const [row] = await manager.query<{ dead: boolean }[]>(
    `SELECT pg_try_advisory_xact_lock(${LOCK_OF}) AS dead`,
    [workerId],
  );
  return row?.dead === true;
}
