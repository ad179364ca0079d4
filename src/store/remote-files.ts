/** The checkpoints and splits of another machine's service: fetched once, kept within a size, checked at each load. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type CheckpointReader, CheckpointStore } from '../checkpoints/checkpoint-store';
import type { CheckpointFiles, CheckpointFormat } from '../checkpoints/formats/checkpoint-files';
import type { Split } from '../datasets/dataset';
import type { Dataset, DatasetSplit } from '../datasets/dataset.entity';
import type { SplitLoader } from '../datasets/dataset.service';
import { splitDigest } from '../datasets/digest';
import { createPromiseCache } from '../datasets/promise-cache';
import { readSplitBytes, splitByteCount, type SplitHead } from '../datasets/split-bytes';
import { AssayError, OperationalError } from '../errors';
import { MAX_MANIFEST_BYTES, parseManifest } from './checkpoint-manifest';
import type { FileCache } from './file-cache';
import type { StoreClient } from './store-client';
import { checkpointFilePath, checkpointPath, splitPath } from './store-paths';

/** In memory: the two sides of a comparison. */
const KEPT_SPLITS = 2;
const SPLIT_FILE = 'split';

export class RemoteFiles implements CheckpointReader {
  private readonly kept: CheckpointStore;
  private readonly fetching = createPromiseCache<unknown>('while-running');
  /** By digest, the one used longest ago first. */
  private readonly splits = new Map<string, Promise<Split>>();

  constructor(
    private readonly client: StoreClient,
    private readonly cache: FileCache,
  ) {
    this.kept = new CheckpointStore(cache.folderOfKind('checkpoints'));
  }

  /** @throws as `StoreClient.text` and `FileCache.add` do */
  async load(digest: string, format: CheckpointFormat): Promise<CheckpointFiles> {
    const known = await this.cache.find('checkpoints', digest);
    if (known !== undefined) {
      try {
        return await this.kept.load(digest, format);
      } catch (error) {
        // Taken away by another process meanwhile, or damaged here: either way it can be had again.
        if (!(error instanceof AssayError)) throw error;
        await this.cache.remove('checkpoints', digest);
      }
    }
    await this.fetching(`checkpoint ${digest}`, () => this.fetchCheckpoint(digest));
    return this.kept.load(digest, format);
  }

  readonly splitLoader: SplitLoader = {
    load: (dataset, split) => this.loadSplit(dataset, split),
  };

  private async fetchCheckpoint(digest: string): Promise<void> {
    const { client, cache } = this;
    const manifest = await client.text(checkpointPath(digest), MAX_MANIFEST_BYTES);
    const { files } = parseManifest(digest, manifest);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    await cache.add('checkpoints', digest, sizeBytes, async (folder) => {
      for (const file of files) {
        const handle = await open(path.join(folder, file.name), 'wx', 0o644);
        try {
          await client.download(checkpointFilePath(digest, file.sha256), file, handle);
        } finally {
          await handle.close();
        }
      }
    });
  }

  private loadSplit(dataset: Dataset, { name, digest, sampleCount }: DatasetSplit): Promise<Split> {
    const known = this.splits.get(digest);
    this.splits.delete(digest);
    const { imageHeight: height, imageWidth: width, imageChannels: channels, classNames } = dataset;
    const head = { name, sampleCount, classNames, imageShape: { height, width, channels } };
    const split = known ?? this.splitOf(head, digest);
    this.splits.set(digest, split);
    split.catch(() => {
      if (this.splits.get(digest) === split) this.splits.delete(digest);
    });
    for (const oldest of this.splits.keys()) {
      if (this.splits.size <= KEPT_SPLITS) break;
      this.splits.delete(oldest);
    }
    return split;
  }

  private async splitOf(head: SplitHead, digest: string): Promise<Split> {
    const { cache } = this;
    const known = await cache.find('splits', digest);
    const kept = known && (await readKept(known, head, digest));
    if (kept) return kept;
    await cache.remove('splits', digest);
    const folder = await cache.add('splits', digest, splitByteCount(head), async (made) => {
      const handle = await open(path.join(made, SPLIT_FILE), 'wx', 0o644);
      try {
        const wanted = { sizeBytes: splitByteCount(head), sha256: digest };
        await this.client.download(splitPath(digest), wanted, handle);
      } finally {
        await handle.close();
      }
    });
    const fetched = await readKept(folder, head, digest);
    if (fetched) return fetched;
    throw new OperationalError(
      'STORE_CACHE_FAILED',
      `the split ${head.name} was fetched and is not in ${folder} as it was sent; check the disk`,
    );
  }
}

/** @returns undefined where it is not there (any more) or damaged */
async function readKept(
  folder: string,
  head: SplitHead,
  digest: string,
): Promise<Split | undefined> {
  const handle = await open(path.join(folder, SPLIT_FILE)).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const samples = await readSplitBytes(handle, head);
    if (!samples || (await splitDigest({ ...head, ...samples })) !== digest) return undefined;
    const { classNames, ...rest } = head;
    return { ...rest, digest, classCount: classNames.length, ...samples };
  } finally {
    await handle.close();
  }
}
