import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatasetSource } from '../../../src/datasets/dataset';
import { createFashionMnist } from '../../../src/datasets/fashion-mnist/fashion-mnist.source';
import { itWithMirror, mirrorFile, mirrorFolder } from '../../support/reference';
import { type FileServer, startFileServer } from './file-server';

const CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

let dataDir: string;
let server: FileServer | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'assay-fashion-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

const fromMirror = (): DatasetSource =>
  createFashionMnist({ dataDir, mirrorDir: mirrorFolder, baseUrls: [] });

itWithMirror('the description names classes, shape and both splits', async () => {
  const info = await fromMirror().describe();
  expect(info).toMatchObject({
    name: 'fashion-mnist',
    classNames: CLASSES,
    imageShape: { height: 28, width: 28, channels: 1 },
    splits: [
      { name: 'train', sampleCount: 60_000 },
      { name: 'test', sampleCount: 10_000 },
    ],
  });
  expect(info.digest).toMatch(/^[0-9a-f]{64}$/);
});

itWithMirror.each([
  ['train', 60_000],
  ['test', 10_000],
])('the split %s has %d samples of the right types and shapes', async (name, count) => {
  const source = fromMirror();
  const split = await source.loadSplit(name);
  expect(split.sampleCount).toBe(count);
  expect(split.images).toBeInstanceOf(Uint8Array);
  expect(split.images.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(split.images.length).toBe(count * 28 * 28);
  expect(split.labels).toBeInstanceOf(Uint16Array);
  expect(split.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(split.labels.length).toBe(count);
  expect(split.classCount).toBe(10);
  expect(split.imageShape).toEqual({ height: 28, width: 28, channels: 1 });
  const counts = new Array<number>(10).fill(0);
  for (const label of split.labels) counts[label] = (counts[label] ?? 0) + 1;
  expect(counts).toEqual(new Array(10).fill(count / 10));
  const described = (await source.describe()).splits.find((one) => one.name === name);
  expect(split.digest).toBe(described?.digest);
});

itWithMirror('the first test images are the published ones', async () => {
  const { images, labels } = await fromMirror().loadSplit('test');
  expect([...labels.subarray(0, 10)]).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
  const sums = [0, 1, 2].map((index) =>
    images.subarray(index * 784, (index + 1) * 784).reduce((sum, grey) => sum + grey, 0),
  );
  expect(sums).toEqual([33456, 100994, 51520]);
});

itWithMirror('the test split is had without the files of the training split', async () => {
  for (const name of ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz']) {
    await copyFile(mirrorFile(name), path.join(dataDir, name));
  }
  const source = createFashionMnist({ dataDir, baseUrls: [] });
  expect((await source.loadSplit('test')).sampleCount).toBe(10_000);
  await expect(source.loadSplit('train')).rejects.toMatchObject({ code: 'DATASET_UNAVAILABLE' });
});

itWithMirror('with an empty data folder all four files are downloaded and kept', async () => {
  server = await startFileServer((request, response) => {
    createReadStream(mirrorFile(path.basename(request.url ?? ''))).pipe(response);
  });
  const files = new Set<string>();
  const source = createFashionMnist({ dataDir, baseUrls: [server.base] });
  const info = await source.describe(({ file }) => files.add(file));
  expect((await readdir(dataDir)).toSorted()).toEqual([...files].toSorted());
  expect(files.size).toBe(4);
  await server.close();
  const again = createFashionMnist({ dataDir, baseUrls: [server.base] });
  expect(await again.describe()).toEqual(info);
  expect((await again.loadSplit('test')).sampleCount).toBe(10_000);
});

test('where it can not be had, the message says what, why and what to do', async () => {
  const source = createFashionMnist({ dataDir, baseUrls: ['http://127.0.0.1:1/'] });
  const expected = {
    kind: 'operational',
    code: 'DATASET_UNAVAILABLE',
    message: expect.stringMatching(
      /^Fashion-MNIST could not be had\..+ECONNREFUSED.+Put the 4 files \(train-images-idx3-ubyte\.gz, .+ASSAY_DATA_MIRROR/,
    ) as string,
  };
  await expect(source.describe()).rejects.toMatchObject(expected);
  await expect(source.loadSplit('test')).rejects.toMatchObject(expected);
});
