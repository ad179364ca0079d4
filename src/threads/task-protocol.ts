/** What a task thread and its owner say to each other. One task is in work at a time. */
import type { WireError } from './wire-error';

/** Pure functions by name; input and output are cloned, or shared where they lie in shared memory. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each task has an input of its own
export type TaskMap = Record<string, (input: any) => unknown>;

export type TaskInput<Tasks extends TaskMap, Name extends keyof Tasks> = Parameters<Tasks[Name]>[0];
export type TaskOutput<Tasks extends TaskMap, Name extends keyof Tasks> = Awaited<
  ReturnType<Tasks[Name]>
>;

export interface TaskOrder {
  task: string;
  input: unknown;
}

export type TaskAnswer = { type: 'done'; output: unknown } | { type: 'failed'; error: WireError };
