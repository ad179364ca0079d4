/** A thread with tasks for the test beside. */
import { threadId } from 'node:worker_threads';
import { UserError } from '../../../src/errors';
import { serveTasks } from '../../../src/threads/serve-tasks';

export const TASKS = {
  add: ({ a, b }: { a: number; b: number }) => ({ sum: a + b, threadId }),
  double: (numbers: Float64Array<SharedArrayBuffer>) => {
    numbers.forEach((value, i) => (numbers[i] = 2 * value));
  },
  refuse: (code: string) => {
    throw new UserError(code, 'no', { details: { why: 'because' } });
  },
  die: () => process.exit(3),
  spin: () => {
    for (;;);
  },
};

serveTasks(TASKS);
