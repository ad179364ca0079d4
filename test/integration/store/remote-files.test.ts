/** A worker's copies of what a service has: fetched once, within a size, and never used damaged. */
import { mkdir, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import type { Dataset } from '../../../src/datasets/dataset.entity';
import { splitOf } from '../../../src/datasets/dataset.service';
import { FileCache } from '../../../src/store/file-cache';
import { RemoteFiles } from '../../../src/store/remote-files';
import { StoreClient } from '../../../src/store/store-client';
import { writeLayersModel } from '../../support/layers-models';
import { temporaryFolder } from '../../support/temporary-folder';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;
let checkpoints: Checkpoint[];
let dataset: Dataset;
let cacheRoot: string;
const stop = new AbortController();

beforeAll(async () => {
  service = await startTestService();
  const { registration, datasets } = service.app.services;
  checkpoints = [];
  for (const filters of [[8], [9], [10]]) {
    const folder = path.join(service.root, `net-${filters.join('-')}`);
    await writeLayersModel(folder, { filters });
    checkpoints.push((await registration.fromPath(folder, {})).checkpoint);
  }
  dataset = await datasets.register('sample-shapes');
});

afterAll(async () => {
  stop.abort();
  await service.end();
});

beforeEach(async () => (cacheRoot = await temporaryFolder()));

/** As one more worker process on the same folder would have it. */
function remote(maxBytes = 2 ** 30): RemoteFiles {
  const client = new StoreClient({ url: service.app.url }, stop.signal);
  return new RemoteFiles(client, new FileCache(cacheRoot, maxBytes));
}

/** The same where no service can be reached. */
function nobody(): RemoteFiles {
  const patience = { idleMs: 500, patienceMs: 0 };
  const client = new StoreClient({ url: 'http://127.0.0.1:9' }, stop.signal, patience);
  return new RemoteFiles(client, new FileCache(cacheRoot, 2 ** 30));
}

const kept = async (kind: string) =>
  (await readdir(path.join(cacheRoot, kind)).catch(() => [])).sort();
const one = (index: number): Checkpoint => {
  const checkpoint = checkpoints[index];
  if (!checkpoint) throw new Error(`there is no checkpoint ${index}`);
  return checkpoint;
};
const load = (files: RemoteFiles, { digest, format }: Checkpoint) => files.load(digest, format);
const test = () => splitOf(dataset, 'test');

it('has the same files and samples as the service, and needs it only once', async () => {
  const { services } = service.app;
  const own = await services.checkpoints.files(one(0));
  const files = await load(remote(), one(0));
  expect(files.digest).toBe(own.digest);
  for (const [name, bytes] of files.files) expect(bytes).toEqual(own.files.get(name));

  const split = await remote().splitLoader.load(dataset, test());
  // The tags stay behind: slices are the service's matter.
  const { images, labels, tags, ...facts } = await services.datasets.load(dataset, 'test');
  expect(tags).toBeDefined();
  expect(split).toMatchObject(facts);
  expect(Object.keys(split).sort()).toEqual([...Object.keys(facts), 'images', 'labels'].sort());
  expect(Buffer.compare(split.images, images)).toBe(0);
  expect(split.labels.join()).toBe(labels.join());
  expect(split.images.buffer).toBeInstanceOf(SharedArrayBuffer);

  expect((await load(nobody(), one(0))).digest).toBe(own.digest);
  expect((await nobody().splitLoader.load(dataset, test())).digest).toBe(split.digest);
  await expect(load(nobody(), one(1))).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  await expect(nobody().splitLoader.load(dataset, splitOf(dataset, 'train'))).rejects.toMatchObject(
    { code: 'STORE_UNREACHABLE' },
  );
});

it('fetches again what is damaged on the disk', async () => {
  await load(remote(), one(0));
  await remote().splitLoader.load(dataset, test());
  const folder = path.join(cacheRoot, 'checkpoints', one(0).digest);
  const splits = path.join(cacheRoot, 'splits', test().digest);
  for (const damage of [
    async (file: string) => truncate(file, 5),
    async (file: string) => writeFile(file, 'x'.repeat(100)),
    async (file: string) => rm(file),
  ]) {
    for (const name of await readdir(folder)) await damage(path.join(folder, name));
    await damage(path.join(splits, 'split'));
    expect((await load(remote(), one(0))).digest).toBe(one(0).digest);
    expect((await remote().splitLoader.load(dataset, test())).digest).toBe(test().digest);
  }
});

it('is filled once by many who ask at once, in one process and in several', async () => {
  const several = [remote(), remote(), remote()];
  const asked = several.flatMap((files) => [0, 1, 0, 1].map((index) => load(files, one(index))));
  const splits = several.map((files) => files.splitLoader.load(dataset, test()));
  expect(new Set((await Promise.all(asked)).map(({ digest }) => digest)).size).toBe(2);
  expect(new Set((await Promise.all(splits)).map(({ digest }) => digest)).size).toBe(1);
  expect(await kept('checkpoints')).toEqual([one(0).digest, one(1).digest].sort());
  expect(await kept('splits')).toEqual([test().digest]);
});

it('lets go what was used longest ago, and serves all the same where nothing fits', async () => {
  const size = Math.max(...checkpoints.map(({ sizeBytes }) => sizeBytes));
  const files = remote(2 * size + 100);
  await load(files, one(0));
  await load(files, one(1));
  // As if an hour had passed.
  for (const index of [0, 1]) {
    const then = new Date(Date.now() - (60 + index) * 60_000);
    await utimes(path.join(cacheRoot, 'checkpoints', one(index).digest), then, then);
  }
  await load(files, one(1));
  await load(files, one(2));
  expect(await kept('checkpoints')).toEqual([one(1).digest, one(2).digest].sort());

  const tight = remote(10);
  for (const index of [0, 1, 2, 0]) {
    expect((await load(tight, one(index))).digest).toBe(one(index).digest);
  }
  expect(await kept('checkpoints')).toEqual([one(0).digest]);
});

it('removes what a killed worker has left, and nothing that one may be at', async () => {
  const cache = new FileCache(cacheRoot, 2 ** 30);
  for (const name of ['.old', '.new']) {
    await mkdir(path.join(cacheRoot, 'splits', name), { recursive: true });
    await writeFile(path.join(cacheRoot, 'splits', name, 'split'), 'x');
  }
  const then = new Date(Date.now() - 2 * 3_600_000);
  await utimes(path.join(cacheRoot, 'splits', '.old', 'split'), then, then);
  await utimes(path.join(cacheRoot, 'splits', '.old'), then, then);
  await cache.removeLeftovers();
  expect(await kept('splits')).toEqual(['.new']);
});

it('says where the disk is at fault, and leaves nothing half', async () => {
  await writeFile(path.join(cacheRoot, 'splits'), 'in the way');
  await expect(remote().splitLoader.load(dataset, test())).rejects.toMatchObject({
    code: 'STORE_CACHE_FAILED',
    kind: 'operational',
  });
});
