import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readIdx } from '../../../src/datasets/idx/idx-reader';
import { UserError } from '../../../src/errors';
import { counting, idxFile } from './idx-file';

const images = idxFile([3, 4, 5], counting(60));

async function codeOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`no UserError but ${String(error)}`);
  expect(error.message).toContain('images.idx');
  return error.code;
}

describe.each([
  ['plain', (bytes: Buffer) => bytes],
  ['gzipped', (bytes: Buffer) => gzipSync(bytes)],
])('a %s IDX file', (_, pack) => {
  const code = (bytes: Buffer, rank = 3, limit?: number): Promise<string> =>
    codeOf(readIdx('images.idx', pack(bytes), rank, limit));

  test('is read into shared memory with its dimensions', async () => {
    const { dimensions, data } = await readIdx('images.idx', pack(images), 3);
    expect(dimensions).toEqual([3, 4, 5]);
    expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(data.buffer.byteLength).toBe(60);
    expect([...data]).toEqual([...counting(60)]);
  });

  test('of 5 MB is put together from its pieces', async () => {
    const content = counting(5_000_000);
    const { data } = await readIdx('images.idx', pack(idxFile([5_000_000], content)), 1);
    expect(Buffer.compare(data, content)).toBe(0);
  });

  test('with another magic number is refused', async () => {
    expect(await code(idxFile([3, 4, 5], counting(60), 0x0d))).toBe('DATASET_IDX_MAGIC');
    expect(await code(Buffer.from('<!doctype html><title>Not found</title>'))).toBe(
      'DATASET_IDX_MAGIC',
    );
  });

  test('of labels is refused where images are wanted, and the other way round', async () => {
    expect(await code(idxFile([60], counting(60)))).toBe('DATASET_IDX_MAGIC');
    expect(await code(images, 1)).toBe('DATASET_IDX_MAGIC');
  });

  test('with a dimension of 0 is refused', async () => {
    expect(await code(idxFile([3, 0, 5], counting(0)))).toBe('DATASET_IDX_DIMENSIONS');
  });

  test('is refused when it is cut anywhere', async () => {
    for (const length of [0, 3, 4, 15, 16, 17, 75]) {
      expect(await code(images.subarray(0, length))).toBe('DATASET_IDX_SHORT');
    }
  });

  test('with bytes after its data is refused', async () => {
    expect(await code(Buffer.concat([images, Buffer.from([0])]))).toBe('DATASET_IDX_TRAILING');
  });

  test('whose header claims gigabytes is refused before memory is taken for them', async () => {
    const before = process.memoryUsage();
    const claims = (dimensions: number[]): Buffer => idxFile(dimensions, counting(60));
    expect(await code(claims([0xffffffff, 0xffffffff, 0xffffffff]))).toBe('DATASET_IDX_TOO_LARGE');
    expect(await code(claims([50_000, 100, 100]))).toBe('DATASET_IDX_SHORT');
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(16e6);
  });

  test('above the limit of its reader is refused', async () => {
    expect(await code(images, 3, 59)).toBe('DATASET_IDX_TOO_LARGE');
    await expect(readIdx('images.idx', pack(images), 3, 60)).resolves.toBeDefined();
  });
});

describe('a gzipped IDX file', () => {
  const packed = gzipSync(images);

  test('is refused when the gzip is cut anywhere', async () => {
    for (let length = 2; length < packed.length; length++) {
      expect(await codeOf(readIdx('images.idx', packed.subarray(0, length), 3))).toBe(
        'DATASET_GZIP_DAMAGED',
      );
    }
  });

  test('is refused when its checksum or its length is wrong, or when something follows it', async () => {
    const wrongSum = Buffer.from(packed);
    wrongSum.writeUInt32LE(1, packed.length - 8);
    const wrongLength = Buffer.from(packed);
    wrongLength.writeUInt32LE(1, packed.length - 4);
    const followed = Buffer.concat([packed, Buffer.from('more')]);
    for (const bytes of [wrongSum, wrongLength, followed]) {
      expect(await codeOf(readIdx('images.idx', bytes, 3))).toBe('DATASET_GZIP_DAMAGED');
    }
  });

  test('that unpacks to far more than it announces is left at once', async () => {
    const bomb = gzipSync(Buffer.concat([idxFile([3, 4, 5], counting(60)), Buffer.alloc(2e8)]));
    const unpackAll = performance.now();
    gunzipSync(bomb);
    const readStart = performance.now();
    expect(await codeOf(readIdx('images.idx', bomb, 3))).toBe('DATASET_IDX_TRAILING');
    expect(performance.now() - readStart).toBeLessThan((readStart - unpackAll) / 2);
  });
});

test('any damage to a file is refused with a code or gives data of the announced size', async () => {
  const bytes = fc.oneof(fc.constant(images), fc.constant(gzipSync(images)));
  const damage = fc.tuple(bytes, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(200));
  await fc.assert(
    fc.asyncProperty(damage, async ([file, place, value, length]) => {
      const damaged = Buffer.from(file.subarray(0, length + 1));
      damaged[place % damaged.length] = value;
      try {
        const { dimensions, data } = await readIdx('images.idx', damaged, 3);
        expect(data.length).toBe(dimensions.reduce((product, size) => product * size, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).code).toMatch(/^DATASET_[A-Z_]+$/);
      }
    }),
    { numRuns: 500 },
  );
});
