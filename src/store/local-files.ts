/** What this installation can give to workers on other machines, out of its own store and datasets. */
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointStore } from '../checkpoints/checkpoint-store';
import type { DatasetService } from '../datasets/dataset.service';
import { splitByteCount, splitBytes } from '../datasets/split-bytes';
import type { CheckpointManifest } from './checkpoint-manifest';

export interface LocalBytes {
  sizeBytes: number;
  read: (from: number) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Lists that are kept: hashing a large checkpoint takes a second, and many workers ask at once. */
const KEPT_MANIFESTS = 1_000;

export class LocalFiles {
  private readonly manifests = new Map<string, Promise<CheckpointManifest | undefined>>();

  constructor(
    private readonly store: CheckpointStore,
    private readonly datasets: DatasetService,
  ) {}

  /**
   * What lies in the store under the digest, with the hashes that it really has: whoever fetches it sees by them
   * whether it is sound.
   */
  checkpoint(digest: string): Promise<CheckpointManifest | undefined> {
    const known = this.manifests.get(digest);
    if (known) return known;
    const made = this.store.list(digest).then((files) => files && { files });
    this.manifests.set(digest, made);
    const forget = () => this.manifests.delete(digest);
    // What is not here yet may be registered in a moment.
    made.then((manifest) => manifest ?? forget(), forget);
    for (const oldest of this.manifests.keys()) {
      if (this.manifests.size <= KEPT_MANIFESTS) break;
      this.manifests.delete(oldest);
    }
    return made;
  }

  async checkpointFile(digest: string, sha256: string): Promise<LocalBytes | undefined> {
    const manifest = await this.checkpoint(digest);
    const listed = manifest?.files.find((file) => file.sha256 === sha256);
    if (listed === undefined) return undefined;
    const { name, sizeBytes } = listed;
    const file = path.join(this.store.folderOf(digest), name);
    const found = await lstat(file).catch(() => undefined);
    if (!found?.isFile() || found.size !== sizeBytes) {
      // Somebody has changed the store under us: the next one is told what is there now.
      this.manifests.delete(digest);
      return undefined;
    }
    const read = (start: number) => createReadStream(file, { start, end: sizeBytes - 1 });
    return { sizeBytes, read: sizeBytes === 0 ? () => [] : read };
  }

  /** @throws as `DatasetService.load` does */
  async split(digest: string): Promise<LocalBytes | undefined> {
    const found = await this.datasets.bySplitDigest(digest);
    if (found === undefined) return undefined;
    const split = await this.datasets.load(found.dataset, found.split);
    const { classNames } = found.dataset;
    return {
      sizeBytes: splitByteCount({ ...split, classNames }),
      read: (from) => splitBytes(split, classNames, from),
    };
  }
}
