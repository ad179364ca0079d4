/** Gauges of what the database holds: the same in every process, read when somebody scrapes. */
import { Gauge, type Registry } from 'prom-client';

export interface StoredState {
  runs: readonly { state: string; count: number }[];
  /** One line an engine. */
  queues: readonly {
    engine: string;
    waiting: number;
    running: number;
    oldestSeconds: number | null;
  }[];
  workers: number;
}

/** Scrapers come every few seconds, and there may be several: they share what was read. */
const FRESH_MS = 2_000;
/** A scrape must not hang with the database. */
const READ_MS = 2_000;

/**
 * @param read asked at most every 2 s, and by one scrape at a time
 * @param onError told why these gauges are missing from a scrape; the others are still given
 */
export function registerStoredState(
  registry: Registry,
  read: () => Promise<StoredState>,
  onError: (error: unknown) => void,
): void {
  // Each asks for fresh figures, since all are read side by side; they share one answer.
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry], collect: () => refresh() });
  const gauges = {
    runs: gauge('assay_runs', 'Evaluation runs by state', ['state']),
    waiting: gauge('assay_shards_waiting', 'Shards that no worker has yet', ['engine']),
    running: gauge('assay_shards_running', 'Shards in work', ['engine']),
    age: gauge('assay_queue_oldest_seconds', 'Since the oldest waiting shard was queued', [
      'engine',
    ]),
    workers: gauge('assay_workers', 'Workers that were heard of lately'),
    up: gauge('assay_database_up', 'Whether the database answered this scrape'),
  };
  let readAt = -Infinity;
  let running: Promise<void> | undefined;

  function refresh(): Promise<void> {
    if (performance.now() - readAt < FRESH_MS) return Promise.resolve();
    running ??= update().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function update(): Promise<void> {
    try {
      const { runs, queues, workers } = await inTime(read());
      for (const { state, count } of runs) gauges.runs.set({ state }, count);
      for (const { engine, waiting, running: inWork, oldestSeconds } of queues) {
        gauges.waiting.set({ engine }, waiting);
        gauges.running.set({ engine }, inWork);
        gauges.age.set({ engine }, oldestSeconds ?? 0);
      }
      gauges.workers.set(workers);
      gauges.up.set(1);
      readAt = performance.now();
    } catch (error) {
      // Old figures would look like news.
      for (const one of [gauges.runs, gauges.waiting, gauges.running, gauges.age]) one.reset();
      gauges.workers.remove();
      gauges.up.set(0);
      onError(error);
    }
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the database did not answer a scrape within ${READ_MS} ms`));
    }, READ_MS);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
