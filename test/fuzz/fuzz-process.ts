/** The process in which one reader is fuzzed: whoever started it can see where it is, and outlives it. */
import { fuzz, type FuzzReport, type FuzzRequest } from './fuzz';
import { progressWriter } from './progress-file';

export interface ProcessOrder {
  request: FuzzRequest;
  progressFile: string;
}

export type ProcessAnswer = { report: FuzzReport } | { bug: string };

async function answerTo({ request, progressFile }: ProcessOrder): Promise<ProcessAnswer> {
  try {
    return { report: await fuzz(request, progressWriter(progressFile)) };
  } catch (error) {
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.once('message', (order: ProcessOrder) => {
  void answerTo(order).then((answer) => {
    process.send?.(answer, () => {
      process.disconnect();
    });
  });
});

// Also where whoever started it is gone without a word.
process.once('disconnect', () => {
  process.exit();
});
