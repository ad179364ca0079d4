/** The thread's side of a TaskThread: does one task after another. */
import { parentPort } from 'node:worker_threads';
import type { TaskAnswer, TaskMap, TaskOrder } from './task-protocol';
import { toWire } from './wire-error';

/** To be called once, by the first file of the thread. */
export function serveTasks(tasks: TaskMap): void {
  if (parentPort === null) throw new Error('this file runs in a worker thread only');
  const port = parentPort;
  port.on('message', (order: TaskOrder) => {
    void answer(tasks, order).then((message) => {
      port.postMessage(message);
    });
  });
}

async function answer(tasks: TaskMap, { task, input }: TaskOrder): Promise<TaskAnswer> {
  try {
    const run = tasks[task];
    if (!run) throw new TypeError(`the thread has no task ${task}`);
    return { type: 'done', output: await run(input) };
  } catch (error) {
    return { type: 'failed', error: toWire(error) };
  }
}
