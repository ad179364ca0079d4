/** The thread in which whatever goes over all samples of a result is computed, for as many as may wait for it. */
import path from 'node:path';
import { OperationalError } from '../../errors';
import { startThread } from '../../threads/start-thread';
import { TaskThread } from '../../threads/task-thread';
import type { AnalysisTasks } from './tasks';

/** Most take milliseconds, the longest comparison some seconds; a list of 100 results asks for 200 at once. */
const MAX_WAITING = 500;

export class AnalysisThread {
  private readonly thread = new TaskThread<AnalysisTasks>(() =>
    startThread('assay-analysis', path.join(__dirname, 'thread')),
  );
  private waiting = 0;

  /** @throws what the task throws, THREAD_… as TaskThread does; OperationalError ANALYSIS_BUSY */
  async run<Name extends keyof AnalysisTasks>(
    task: Name,
    input: Parameters<AnalysisTasks[Name]>[0],
  ): Promise<ReturnType<AnalysisTasks[Name]>> {
    if (this.waiting >= MAX_WAITING) throw analysisBusy();
    this.waiting++;
    try {
      return await this.thread.run(task, input);
    } finally {
      this.waiting--;
    }
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}

export function analysisBusy(): OperationalError {
  return new OperationalError(
    'ANALYSIS_BUSY',
    'too much is being looked at already: ask again in some seconds, or for fewer results at a time',
  );
}
