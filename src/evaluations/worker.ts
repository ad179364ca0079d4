/** Takes shards from the queues, some at a time, and says all the while that it lives. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isDatabaseAway } from '../database/database-away';
import type { Notifications } from '../database/notifications';
import { persistently } from '../database/persistently';
import type { EngineName } from '../inference/engine';
import type { Claim, EvaluationShardRepository } from './evaluation-shard.repository';
import { LOST, STOPPING } from './interruption';
import type { ShardExecutor } from './shard-executor';
import { queueOf, type ShardJob, type ShardQueue } from './shard-job';
import { WakeUp } from './wake-up';
import type { WorkerRegistry } from './worker-registry';

/** Behind the notifications, which may be missed. */
const POLL_MS = 1_000;
/** A worker is taken for gone after some seven of them; a cancelled shard stops after one at the latest. */
const BEAT_MS = 900;
/** After a failure of its surroundings a worker lets others go first: a retry waits 1 s, and they poll each second. */
const SIT_OUT_MS = 3_000;

export interface WorkerOptions {
  engines: readonly EngineName[];
  /** Shards taken at a time: from two on, the next is made ready while one is computed. */
  concurrency: number;
  queue: ShardQueue;
  shards: EvaluationShardRepository;
  executor: ShardExecutor;
  registry: WorkerRegistry;
  notifications: Notifications;
  log: Logger;
}

interface Held {
  claim: Claim;
  abort: AbortController;
}

export class Worker {
  /** By the id of their job; those being started have no claim yet. */
  private readonly held = new Map<string, { job: ShardJob; started?: Held }>();
  private readonly wakeUp = new WakeUp();
  private readonly stopping = new AbortController();
  /** Aborted when nothing is in work any more. */
  private readonly ended = new AbortController();
  private readonly givingBack = new AbortController();
  private readonly unsubscribe: (() => void)[] = [];
  private lines: Promise<void>[] = [];
  private beating: Promise<void> | undefined;
  private turn = 0;

  constructor(private readonly options: WorkerOptions) {}

  /** Returns once the worker is known and asks for jobs. */
  async start(): Promise<void> {
    const { notifications, engines, concurrency } = this.options;
    this.unsubscribe.push(
      notifications.on('job', (engine) => {
        if (engine === undefined || engines.some((own) => own === engine)) this.wakeUp.ring();
      }),
      // Not for `run`: with many workers on one run, each would look at each step of all the others.
      notifications.on('closed', (runId) => {
        const affected = [...this.held.values()].some(
          ({ started }) => runId === undefined || started?.claim.run.id === runId,
        );
        if (affected) void this.dropLost();
      }),
    );
    await this.beat();
    this.beating = this.keepBeating();
    this.lines = Array.from({ length: concurrency }, () => this.work());
  }

  /**
   * Takes nothing more. What is in work may end within the limit, then it goes back into the queue.
   *
   * @param drainMs 0 hands back at once
   */
  async stop(drainMs: number): Promise<void> {
    this.stopping.abort();
    this.wakeUp.ring();
    for (const end of this.unsubscribe) end();
    const ended = Promise.all(this.lines);
    const patience = new AbortController();
    await Promise.race([
      ended,
      sleep(drainMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    this.givingBack.abort();
    for (const { started } of this.held.values()) started?.abort.abort(STOPPING);
    await ended;
    this.ended.abort();
    await this.beating;
    const { registry, shards } = this.options;
    // A row that stays is forgotten in time.
    await registry.leave(shards.workerId).catch(() => undefined);
  }

  /** While one shard is stored, the next is computed. */
  private async work(): Promise<void> {
    let storing = Promise.resolve();
    while (!this.stopping.signal.aborted) {
      const seen = this.wakeUp.count;
      let job: ShardJob | undefined;
      try {
        job = await this.fetch();
        if (!job) {
          await this.wakeUp.wait(seen, POLL_MS);
          continue;
        }
        const { computed, ended } = this.run(job);
        const isFit = await computed;
        // One at most: outputs that wait for a slow database must not pile up.
        await storing;
        storing = ended.then(
          () => undefined,
          (error: unknown) => {
            this.leftOpen(error, job);
          },
        );
        if (!isFit) await this.sitOut();
      } catch (error) {
        this.leftOpen(error, job);
        await this.wakeUp.wait(seen, POLL_MS);
      }
    }
    await storing;
  }

  private leftOpen(error: unknown, job: ShardJob | undefined): void {
    if (isDatabaseAway(error)) return;
    this.options.log.error({ err: error, ...job?.data }, 'a job was left open');
  }

  /** The engines by turns, so that none waits for the other's queue to be empty. */
  private async fetch(): Promise<ShardJob | undefined> {
    const { engines, queue } = this.options;
    this.turn += 1;
    for (let i = 0; i < engines.length; i++) {
      const engine = engines[(this.turn + i) % engines.length];
      const job = engine && (await queue.fetch(queueOf(engine)));
      if (job) return job;
    }
    return undefined;
  }

  /**
   * @returns `computed`: once the engine is free, whether this worker is fit for the next one; `ended`: once the shard is
   *   stored, or out of this worker's hands
   */
  private run(job: ShardJob): { computed: Promise<boolean>; ended: Promise<unknown> } {
    let free = (): void => undefined;
    const isFree = new Promise<boolean>((resolve) => {
      free = () => {
        resolve(true);
      };
    });
    const ended = this.carryOut(job, free);
    return { computed: Promise.race([isFree, ended]), ended };
  }

  private async carryOut(job: ShardJob, onComputed: () => void): Promise<boolean> {
    const { shards, executor } = this.options;
    const entry: { job: ShardJob; started?: Held } = { job };
    this.held.set(job.id, entry);
    try {
      const claim = await persistently(() => shards.take(job), this.stopping.signal);
      if (!claim) return true;
      const abort = new AbortController();
      entry.started = { claim, abort };
      if (this.givingBack.signal.aborted) abort.abort(STOPPING);
      return await executor.execute(claim, abort, onComputed);
    } finally {
      this.held.delete(job.id);
    }
  }

  /** Where there are others at all. */
  private async sitOut(): Promise<void> {
    const { registry, shards, engines } = this.options;
    const alive = await registry.alive();
    const isAlone = !alive.some(
      (other) =>
        other.id !== shards.workerId && other.engines.some((engine) => engines.includes(engine)),
    );
    if (isAlone) return;
    const { signal } = this.stopping;
    await sleep(SIT_OUT_MS, undefined, { signal }).catch(() => undefined);
  }

  /** Also while it drains: what is still in work must not be given to others. */
  private async keepBeating(): Promise<void> {
    const { signal } = this.ended;
    for (;;) {
      await sleep(BEAT_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.beat().catch((error: unknown) => {
        if (!isDatabaseAway(error)) this.options.log.error({ err: error }, 'a beat was missed');
      });
    }
  }

  private async beat(): Promise<void> {
    const { registry, shards, engines, concurrency, queue } = this.options;
    await registry.beat({ id: shards.workerId, engines: [...engines], concurrency });
    await queue.touch([...this.held.values()].map(({ job }) => job));
    await this.dropLost();
  }

  /** Stops what is not ours any more. */
  private async dropLost(): Promise<void> {
    const started = [...this.held.values()].flatMap((entry) => entry.started ?? []);
    if (started.length === 0) return;
    try {
      const mine = await this.options.shards.stillMine(started.map(({ claim }) => claim));
      for (const { claim, abort } of started) if (!mine.has(claim.job.id)) abort.abort(LOST);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
  }
}
