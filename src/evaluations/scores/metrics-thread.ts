/** The thread in which everything is computed that goes over all samples of a run. */
import path from 'node:path';
import { startThread } from '../../threads/start-thread';
import { TaskThread } from '../../threads/task-thread';
import type { MetricsTasks } from './metrics-tasks';

export type MetricsThread = TaskThread<MetricsTasks>;

export function createMetricsThread(): MetricsThread {
  return new TaskThread(() => startThread('assay-metrics', path.join(__dirname, 'thread')));
}
