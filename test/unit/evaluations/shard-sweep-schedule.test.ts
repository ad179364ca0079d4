/** When a process sweeps: at its start, then every other second, unless another one has just done it. */
import { EventEmitter, once } from 'node:events';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { ShardQueue } from '../../../src/evaluations/shard-job';
import { ShardSweep } from '../../../src/evaluations/shard-sweep';

const LONGEST_WAIT_MS = 2_500;

let sweep: ShardSweep;
let swept: jest.SpyInstance<Promise<number>, []>;

beforeEach(async () => {
  jest.useFakeTimers();
  // What it does to a database is tried with a real one, elsewhere.
  const settler = { settle: () => Promise.resolve() };
  sweep = new ShardSweep({} as DataSource, {} as ShardQueue, settler, pino({ level: 'silent' }));
  swept = jest.spyOn(sweep, 'sweep').mockResolvedValue(0);
  sweep.start();
  await jest.advanceTimersByTimeAsync(0);
  expect(swept).toHaveBeenCalledTimes(1);
});

afterEach(async () => {
  await sweep.stop();
  jest.useRealTimers();
});

it('alone, it sweeps again and again', async () => {
  await jest.advanceTimersByTimeAsync(4 * LONGEST_WAIT_MS);
  expect(swept.mock.calls.length).toBeGreaterThanOrEqual(5);
});

it('waits anew whenever another has swept, and takes over where nobody does', async () => {
  for (let i = 0; i < 10; i++) {
    await jest.advanceTimersByTimeAsync(1_900);
    sweep.postpone();
  }
  expect(swept).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(LONGEST_WAIT_MS);
  expect(swept).toHaveBeenCalledTimes(2);
});

it('a word that comes while it sweeps starts no second line of sweeps', async () => {
  const finish = new EventEmitter();
  swept.mockImplementationOnce(async () => {
    await once(finish, 'now');
    return 0;
  });
  await jest.advanceTimersByTimeAsync(LONGEST_WAIT_MS);
  expect(swept).toHaveBeenCalledTimes(2);
  sweep.postpone();
  await jest.advanceTimersByTimeAsync(4 * LONGEST_WAIT_MS);
  expect(swept).toHaveBeenCalledTimes(2);
  finish.emit('now');
  await jest.advanceTimersByTimeAsync(LONGEST_WAIT_MS);
  expect(swept).toHaveBeenCalledTimes(3);
});

it('after its stop no word wakes it', async () => {
  await sweep.stop();
  sweep.postpone();
  await jest.advanceTimersByTimeAsync(4 * LONGEST_WAIT_MS);
  expect(swept).toHaveBeenCalledTimes(1);
});
