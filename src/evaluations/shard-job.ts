/** What lies in the queue: a shard's name. There is one queue an engine, so that workers take what they can run. */
import { ENGINE_NAMES, type EngineName } from '../inference/engine';
import type { Job, JobQueue } from '../queue/job-queue';

export interface ShardJobData {
  runId: string;
  shard: number;
}

export type ShardJob = Job<ShardJobData>;
export type ShardQueue = JobQueue<ShardJobData>;

const PREFIX = 'evaluate-';

export const SHARD_QUEUES = ENGINE_NAMES.map(queueOf);

export function queueOf(engine: EngineName): string {
  return PREFIX + engine;
}

/** The queue's name in SQL. @param engine an expression for the engine's name */
export function queueSql(engine: string): string {
  return `'${PREFIX}' || ${engine}`;
}
