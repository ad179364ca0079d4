/** A sweeper whose host is cut off in the middle of its transaction: it holds locks, and nobody says that it is gone. */
import type { ShardQueue } from '../../../src/evaluations/shard-job';
import { created, started } from '../../support/shard-workers';
import { twoStepWorkers } from '../../support/two-step-workers';

const two = twoStepWorkers();

/** From here on the worker's sweeps stand still where the queue is told something. @returns ends that */
function standStill(queue: ShardQueue): { reached: Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    end = () => {
      reject(new Error('it was cut off'));
    };
  });
  const reached = new Promise<void>((resolve) => {
    jest.spyOn(queue, 'insert').mockImplementation(() => {
      resolve();
      return stopped;
    });
  });
  return { reached, end };
}

it('keeps its locks for some seconds, then another one mends what is lost', async () => {
  await created(two.mine, two.request);
  const claim = await started(two.other);
  await two.database.dataSource.query('DELETE FROM pgboss.job');
  const { reached, end } = standStill(two.other.queue);
  const cutOff = two.other.sweep.sweep().catch((error: unknown) => error);
  await reached;

  // Both shards are without a job; it waits for the run that the other one holds.
  expect(await two.mine.sweep.sweep()).toBe(2);
  expect((await started(two.mine)).shard).toMatchObject({ shard: claim.shard.shard, attempt: 2 });
  end();
  expect(await cutOff).toBeInstanceOf(Error);
  jest.restoreAllMocks();
});
