/** The first file of a thread whose tasks end in every way there is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../src/errors';
import { serveTasks } from '../../../src/threads/serve-tasks';

export const TASKS = {
  double: (value: number): number => 2 * value,
  refuse: (): never => {
    throw new UserError('NOT_THIS', 'take another one', { details: { place: 3 } });
  },
  mistake: (): never => {
    throw new TypeError('a bug');
  },
  die: (): never => process.exit(7),
  fill: (shared: Uint8Array<SharedArrayBuffer>): void => {
    shared.fill(9);
  },
  spin: (): never => {
    for (;;);
  },
  later: (value: number): Promise<number> => sleep(20, value),
};

serveTasks(TASKS);
