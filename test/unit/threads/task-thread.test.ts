/** The computing thread: tasks by turns, errors of every kind, and what becomes of those that wait. */
import path from 'node:path';
import { OperationalError, UserError } from '../../../src/errors';
import { startThread } from '../../../src/threads/start-thread';
import { TaskThread } from '../../../src/threads/task-thread';
import type { TASKS } from '../../support/threads/thread';

const ENTRY = path.join(__dirname, '../../support/threads/thread');

let started = 0;
let thread: TaskThread<typeof TASKS>;

beforeEach(() => {
  started = 0;
  thread = new TaskThread(() => {
    started++;
    return startThread('test', ENTRY);
  });
});

afterEach(() => thread.close());

it('starts for the first task, and once for all of them, which are answered in their order', async () => {
  expect(started).toBe(0);
  const order: number[] = [];
  const tasks = [thread.run('later', 1), thread.run('double', 1), thread.run('double', 21)];
  for (const task of tasks) void task.then((value) => order.push(value));
  expect(await Promise.all(tasks)).toEqual([1, 2, 42]);
  expect(order).toEqual([1, 2, 42]);
  expect(started).toBe(1);
});

it('shares memory that is shared', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  await thread.run('fill', shared);
  expect([...shared]).toEqual([9, 9, 9]);
});

it('passes on a refusal as one and a bug as one, and goes on', async () => {
  const refused = thread.run('refuse', undefined);
  await expect(refused).rejects.toBeInstanceOf(UserError);
  await expect(refused).rejects.toMatchObject({ code: 'NOT_THIS', details: { place: 3 } });
  const mistaken = thread.run('mistake', undefined);
  await expect(mistaken).rejects.toThrow('a bug');
  await expect(mistaken).rejects.not.toBeInstanceOf(OperationalError);
  expect(await thread.run('double', 4)).toBe(8);
  expect(started).toBe(1);
});

it('says that the thread died, and does what waits in a new one', async () => {
  const died = thread.run('die', undefined);
  const after = thread.run('double', 2);
  await expect(died).rejects.toBeInstanceOf(OperationalError);
  await expect(died).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await after).toBe(4);
  expect(started).toBe(2);
});

it('ends a task without an end when it is told to, and goes on with the next', async () => {
  const stop = new AbortController();
  const endless = thread.run('spin', undefined, stop.signal);
  const after = thread.run('double', 3);
  setTimeout(() => {
    stop.abort(new Error('enough'));
  }, 50);
  await expect(endless).rejects.toThrow('enough');
  expect(await after).toBe(6);
  await expect(thread.run('double', 1, stop.signal)).rejects.toThrow('enough');
});

it('closes in the middle of a task, and refuses all that waits or comes', async () => {
  const tasks = [thread.run('spin', undefined), thread.run('double', 1)];
  const ends = Promise.allSettled(tasks);
  await thread.close();
  for (const end of await ends) {
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'THREAD_CLOSED' } });
  }
  await expect(thread.run('double', 1)).rejects.toMatchObject({ code: 'THREAD_CLOSED' });
});
