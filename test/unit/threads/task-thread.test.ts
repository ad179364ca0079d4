/** Tasks run in another thread, one after another, and what happens to the thread happens to nobody else. */
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { TaskThread } from '../../../src/threads/task-thread';
import { startThread } from '../../../src/threads/start-thread';
import type { TASKS } from './counting-thread';

const start = () => startThread('counting', path.join(__dirname, 'counting-thread'));
let thread: TaskThread<typeof TASKS>;
beforeEach(() => {
  thread = new TaskThread<typeof TASKS>(start);
});
afterEach(() => thread.close());

it('answers each task with its own output, from another thread', async () => {
  const sums = await Promise.all([1, 2, 3].map((a) => thread.run('add', { a, b: 10 })));
  expect(sums.map(({ sum }) => sum)).toEqual([11, 12, 13]);
  expect(new Set(sums.map((answer) => answer.threadId)).size).toBe(1);
  expect(sums[0]?.threadId).not.toBe(threadId);
});

it('shares memory instead of copying it', async () => {
  const numbers = new Float64Array(new SharedArrayBuffer(16)).fill(1.5);
  await thread.run('double', numbers);
  expect([...numbers]).toEqual([3, 3]);
});

it("passes on a task's error with its kind, code and details, and goes on", async () => {
  await expect(thread.run('refuse', 'NOT_TODAY')).rejects.toMatchObject({
    kind: 'user',
    code: 'NOT_TODAY',
    details: { why: 'because' },
  });
  expect(await thread.run('add', { a: 1, b: 1 })).toMatchObject({ sum: 2 });
});

it('rejects the task in which the thread dies, and starts a new one for the next', async () => {
  const first = await thread.run('add', { a: 1, b: 1 });
  const lost = thread.run('die', undefined);
  const next = thread.run('add', { a: 2, b: 2 });
  await expect(lost).rejects.toMatchObject({ kind: 'operational', code: 'THREAD_CRASHED' });
  expect((await next).threadId).not.toBe(first.threadId);
});

it('ends a task that its caller gives up, and does the next', async () => {
  const caller = new AbortController();
  const spinning = thread.run('spin', undefined, caller.signal);
  const next = thread.run('add', { a: 2, b: 2 });
  const reason = new Error('no more');
  setTimeout(() => {
    caller.abort(reason);
  }, 50);
  await expect(spinning).rejects.toBe(reason);
  expect(await next).toMatchObject({ sum: 4 });
});

it('keeps nobody waiting once it is closed', async () => {
  const waiting = thread.run('add', { a: 1, b: 1 });
  const settled = Promise.allSettled([waiting]);
  await thread.close();
  await thread.close();
  expect((await settled)[0]).toMatchObject({ reason: { code: 'THREAD_CLOSED' } });
  await expect(thread.run('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'THREAD_CLOSED' });
});

it('says that an input can not be sent, and waits for nothing', async () => {
  await expect(thread.run('add', { a: () => 1, b: 1 } as never)).rejects.toThrow('clone');
  expect(await thread.run('add', { a: 1, b: 1 })).toMatchObject({ sum: 2 });
});
