/** A failed run names the reason of each shard, and stays readable. */
import { type FailedShard, failureOfShards } from '../../../src/evaluations/shard-failures';

const failed = (shard: number, failureCode: string | null = 'ENGINE_CRASHED'): FailedShard => ({
  shard,
  firstSample: shard * 100,
  sampleCount: 100,
  failureCode,
  failureMessage: 'out of memory',
});

it('says of a run of one shard what the shard says', () => {
  expect(failureOfShards([failed(0)])).toEqual({
    code: 'ENGINE_CRASHED',
    message: 'out of memory',
  });
});

it('names each shard with its samples and its reason, under their common code', () => {
  const { code, message } = failureOfShards([failed(1), failed(3)]);
  expect(code).toBe('ENGINE_CRASHED');
  expect(message.split('\n')).toEqual([
    'shard 1 (samples 100 to 199): ENGINE_CRASHED: out of memory',
    'shard 3 (samples 300 to 399): ENGINE_CRASHED: out of memory',
    '"retryEvaluation" does what is missing.',
  ]);
});

it('has a code of its own where the reasons differ', () => {
  expect(failureOfShards([failed(1), failed(2, 'CHECKPOINT_MISSING')]).code).toBe('SHARDS_FAILED');
});

it('counts those that would be too many to read', () => {
  const many = Array.from({ length: 1000 }, (_, shard) => failed(shard));
  const lines = failureOfShards(many).message.split('\n');
  expect(lines).toHaveLength(22);
  expect(lines[20]).toBe('and 980 more shards');
});
