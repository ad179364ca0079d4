/** How long statements take, on a machine that others use too. */
import type { EntityManager } from 'typeorm';
import { explain } from './explain';
import { quantile } from './spread-table';

/** What a page, and anything else of a list, may take in the database. */
export const LIMIT_MS = 10;
/** What is above its limit is measured again, so often, and the quickest counts: others only add to a time. */
const ATTEMPTS = 3;

export interface Measured {
  filter: string;
  order: string;
  /** LIMIT_MS where it is not given. */
  limitMs?: number;
  /** Of all pages. */
  medianMs: number;
  maxMs: number;
}

/** By the database's own clock, planning included. */
export function databaseMs(
  manager: EntityManager,
  sql: string,
  values: unknown[],
): Promise<number> {
  return quickest(async () => (await explain(manager, sql, values)).ms, LIMIT_MS);
}

/** By ours: what is sent and taken over is included. */
export function wallMs(work: () => Promise<unknown>, limitMs: number): Promise<number> {
  return quickest(async () => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  }, limitMs);
}

async function quickest(measure: () => Promise<number>, limitMs: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ATTEMPTS && best > limitMs; i++) best = Math.min(best, await measure());
  return best;
}

export function summary(times: readonly number[]): { medianMs: number; maxMs: number } {
  return { medianMs: quantile(times, 0.5), maxMs: quantile(times, 1) };
}
