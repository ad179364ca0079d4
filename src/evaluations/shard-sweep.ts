/**
 * Brings shards and jobs together: whatever died in between, an open shard has a job that somebody can take or
 * has in work, and a run without open shards has ended. Runs at start, and every other second in one of all processes:
 * whoever has swept says so, and the others wait anew.
 */
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseAway } from '../database/database-away';
import { notifySql } from '../database/notifications';
import { RELAX_COMMIT } from '../database/sql';
import { MAX_ATTEMPTS } from './evaluation-shard.repository';
import { requeueShards } from './open-shards';
import { announceRun, changed, isOpen, lockingTransaction, lockRun } from './run-lock';
import { endFailedRun } from './run-settlement';
import type { RunSettler } from './run-settler';
import { queueSql, type ShardQueue } from './shard-job';

/** Small beside the seconds after which a silent worker counts as gone. */
const INTERVAL_MS = 2_000;
/** At most, and at random: where all waited for as long, all would sweep together. */
const LATER_MS = 500;
/** While the database was away nobody could be heard: all get time to speak first. */
const GRACE_MS = 6_000;
/** One process sweeps at a time: any constant that nobody else uses. */
const SWEEP_LOCK = 4_702_111_238;
const MOST_AT_ONCE = 1_000;

interface LostShard {
  run_id: string;
  shard: number;
  job_id: string;
  attempt: number;
  state: string;
}

interface Work {
  /** By run. */
  lost: Map<string, LostShard[]>;
  /** Runs whose shards have all ended. */
  unsettled: string[];
}

const GIVE_UP = `
  UPDATE evaluation_shard
     SET state = 'FAILED', finished_at = now(), failure_code = 'RUN_INTERRUPTED',
         failure_message = 'the process ended while the run was under way, ' || attempt ||
           ' times; look into its log and memory, then start a new run'
   WHERE run_id = $1 AND shard = $2 AND job_id = $3 AND attempt = $4 AND state = 'RUNNING' RETURNING 1`;

export class ShardSweep {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private inWork = false;
  private graceUntil = 0;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: ShardQueue,
    private readonly settler: Pick<RunSettler, 'settle'>,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.schedule(0);
  }

  /** Another process has swept, or this one. */
  postpone(): void {
    if (this.timer !== undefined && !this.inWork) this.schedule(INTERVAL_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** @returns how many shards were queued anew or given up */
  async sweep(): Promise<number> {
    const { lost, unsettled } = await lockingTransaction(this.dataSource, async (manager) => {
      // Ends with the transaction: a sweeper that dies blocks nobody, one that is cut off blocks them for some seconds.
      const [lock] = await manager.query<{ taken: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock($1) AS taken',
        [SWEEP_LOCK],
      );
      if (!lock?.taken) return { lost: new Map<string, LostShard[]>(), unsettled: [] };
      const found = await this.find(manager);
      await manager.query(`SELECT ${notifySql('swept', "''")}, ${RELAX_COMMIT}`);
      return found;
    });
    let mended = 0;
    for (const [runId, shards] of lost) mended += await this.mend(runId, shards);
    for (const runId of unsettled) await this.settle(runId);
    return mended;
  }

  private async find(manager: EntityManager): Promise<Work> {
    const lost = await manager.query<LostShard[]>(
      `SELECT s.run_id, s.shard, s.job_id, s.attempt, s.state
         FROM evaluation_shard s JOIN evaluation_run r ON r.id = s.run_id
        WHERE s.state IN ('QUEUED', 'RUNNING') AND NOT ${this.queue.isLive(queueSql('r.engine'), 's.job_id')}
        ORDER BY s.queued_at, s.shard LIMIT $1`,
      [MOST_AT_ONCE],
    );
    const unsettled = await manager.query<{ id: string }[]>(
      `SELECT r.id FROM evaluation_run r
        WHERE r.state IN ('QUEUED', 'RUNNING') AND NOT EXISTS (
          SELECT 1 FROM evaluation_shard s WHERE s.run_id = r.id AND s.state IN ('QUEUED', 'RUNNING'))
        LIMIT $1`,
      [MOST_AT_ONCE],
    );
    const byRun = new Map<string, LostShard[]>();
    for (const one of lost) byRun.set(one.run_id, [...(byRun.get(one.run_id) ?? []), one]);
    return { lost: byRun, unsettled: unsettled.map(({ id }) => id) };
  }

  private async settle(runId: string): Promise<void> {
    await lockingTransaction(this.dataSource, async (manager) => {
      const run = await lockRun(manager, runId);
      if (isOpen(run) && (await endFailedRun(manager, runId))) await announceRun(manager, runId);
    });
    // Not waited for: lost shards need the next sweep.
    void this.settler.settle(runId);
  }

  private async mend(runId: string, lost: LostShard[]): Promise<number> {
    const mended = await this.tryToMend(runId, lost);
    const shards = lost.map(({ shard }) => shard);
    const line = { runId, shards, mended };
    if (mended > 0) this.log.info(line, 'shards without a living job were mended');
    return mended;
  }

  /** What was found may have changed since: each change asks for the job and the attempt that were seen. */
  private tryToMend(runId: string, lost: LostShard[]): Promise<number> {
    return lockingTransaction(this.dataSource, async (manager) => {
      const run = await lockRun(manager, runId);
      if (!isOpen(run)) return 0;
      const waiting = lost.filter((one) => !isSpent(one));
      const refs = waiting.map(({ shard, job_id: jobId, attempt }) => ({ shard, jobId, attempt }));
      let mended = await requeueShards(manager, this.queue, run, refs);
      for (const one of lost.filter(isSpent)) {
        const rows = await changed(manager, GIVE_UP, [runId, one.shard, one.job_id, one.attempt]);
        mended += rows.length;
      }
      await endFailedRun(manager, runId);
      await announceRun(manager, runId);
      return mended;
    });
  }

  private schedule(ms: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    const later = ms === 0 ? 0 : Math.random() * LATER_MS;
    this.timer = setTimeout(() => {
      this.inWork = true;
      this.running = this.tick().finally(() => {
        this.inWork = false;
        this.schedule(INTERVAL_MS);
      });
    }, ms + later).unref();
  }

  private async tick(): Promise<void> {
    if (Date.now() < this.graceUntil) return;
    try {
      await this.sweep();
    } catch (error) {
      if (isDatabaseAway(error)) this.graceUntil = Date.now() + GRACE_MS;
      else this.log.error({ err: error }, 'sweeping failed');
    }
  }
}

/** Started so often without an end: then it is what kills its worker. */
function isSpent({ state, attempt }: LostShard): boolean {
  return state === 'RUNNING' && attempt >= MAX_ATTEMPTS;
}
