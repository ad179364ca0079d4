/** Starts an engine thread. */
import path from 'node:path';
import type { ResourceLimits, Worker } from 'node:worker_threads';
import { startThread as start } from '../../threads/start-thread';

/** @param resourceLimits of the thread's JavaScript heap; models live outside of it. Default: Node's. */
export function startThread(resourceLimits: ResourceLimits = {}): Worker {
  return start('assay-engine', path.join(__dirname, 'thread'), resourceLimits);
}
