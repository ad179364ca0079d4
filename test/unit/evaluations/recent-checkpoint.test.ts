import type { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import { RecentCheckpoint } from '../../../src/evaluations/recent-checkpoint';

const LARGE = 65 * 2 ** 20;

function counting() {
  const read: string[] = [];
  const recent = new RecentCheckpoint({
    files: ({ digest, format }) => {
      read.push(digest);
      return Promise.resolve({
        digest,
        format,
        files: new Map(),
        sizeBytes: digest === 'large' ? LARGE : 1,
      });
    },
  });
  const files = (digest: string, format = 'onnx') =>
    recent.files({ digest, format } as Checkpoint).then((found) => found.digest);
  return { read, files };
}

it('reads the checkpoint of shards that follow each other once', async () => {
  const { read, files } = counting();
  expect([await files('a'), await files('a'), await files('b'), await files('a')]).toEqual([
    'a',
    'a',
    'b',
    'a',
  ]);
  expect(read).toEqual(['a', 'b', 'a']);
});

it('takes the same bytes under another format for another checkpoint, and keeps no large one', async () => {
  const { read, files } = counting();
  await files('a', 'onnx');
  await files('a', 'safetensors');
  await files('large');
  await files('large');
  expect(read).toEqual(['a', 'a', 'large', 'large']);
});

it('keeps nothing of a failure', async () => {
  let away = true;
  const recent = new RecentCheckpoint({
    files: ({ digest, format }) =>
      away
        ? Promise.reject(new Error('away'))
        : Promise.resolve({ digest, format, files: new Map(), sizeBytes: 1 }),
  });
  const checkpoint = { digest: 'a', format: 'onnx' } as Checkpoint;
  await expect(recent.files(checkpoint)).rejects.toThrow('away');
  away = false;
  expect((await recent.files(checkpoint)).digest).toBe('a');
});
