/** A checkpoint on its way into the store: its files are written, hashed and looked at before they count. */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AssayError, OperationalError } from '../errors';
import { type ByteSource, FileByteSource } from './formats/byte-source';
import { digestOfHashes, METADATA_FILE } from './formats/checkpoint-digest';
import { sha256OfFolder } from './stored-files';

interface WrittenFile {
  sha256: string;
  sizeBytes: number;
}

export class CheckpointStaging {
  private readonly written = new Map<string, WrittenFile>();
  private readonly handles: FileHandle[] = [];

  private constructor(
    private readonly root: string,
    private readonly folder: string,
  ) {}

  /** The folder's name begins with a dot, by which a later start knows what a crash left behind. */
  static async begin(root: string): Promise<CheckpointStaging> {
    const folder = path.join(root, `.${randomUUID()}`);
    await storing(() => mkdir(folder, { recursive: true }));
    return new CheckpointStaging(root, folder);
  }

  /**
   * Copies the chunks to a file on the disk, hashing them on the way; memory holds one chunk.
   *
   * @param name without folders
   * @throws what `chunks` throws; OperationalError CHECKPOINT_STORE_FAILED where the disk does
   */
  async add(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (name !== path.basename(name)) throw new RangeError('a stored file has no folder');
    const handle = await storing(() => open(path.join(this.folder, name), 'wx+', 0o644));
    this.handles.push(handle);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await storing(() => handle.writeFile(chunk));
    }
    await storing(() => handle.sync());
    this.written.set(name, { sha256: hash.digest('hex'), sizeBytes });
  }

  /** What was written, to be read until the staging is kept or discarded. */
  sources(): ReadonlyMap<string, ByteSource> {
    return new Map(
      [...this.written].map(([name, { sizeBytes }], index) => {
        const handle = this.handles[index];
        if (handle === undefined) throw new Error('every written file is open');
        return [name, new FileByteSource(handle, sizeBytes)];
      }),
    );
  }

  get digest(): string {
    return digestOfHashes(new Map([...this.written].map(([name, { sha256 }]) => [name, sha256])));
  }

  /** Of the files that the digest covers. */
  get sizeBytes(): number {
    return [...this.written]
      .filter(([name]) => name !== METADATA_FILE)
      .reduce((sum, [, file]) => sum + file.sizeBytes, 0);
  }

  /**
   * Puts all files in their place at once. What is there already stays, unless it is damaged.
   *
   * @throws OperationalError CHECKPOINT_STORE_FAILED
   */
  async keep(): Promise<void> {
    const { digest } = this;
    await this.closeFiles();
    await storing(async () => {
      await syncFolder(this.folder);
      const target = path.join(this.root, digest);
      if (await this.moveTo(target)) return;
      if ((await sha256OfFolder(target)) === digest) return;
      const damaged = path.join(this.root, `.${randomUUID()}`);
      // It may be gone: another process may have found the same damage.
      await rename(target, damaged).catch(() => undefined);
      await this.moveTo(target);
      await rm(damaged, { recursive: true, force: true });
    });
  }

  /** Removes what was not kept; never throws, for it runs where another error is on its way. */
  async discard(): Promise<void> {
    await this.closeFiles();
    await rm(this.folder, { recursive: true, force: true }).catch(() => undefined);
  }

  /** @returns false where something is there already, be it that another process was faster */
  private async moveTo(target: string): Promise<boolean> {
    try {
      await rename(this.folder, target);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
      throw error;
    }
    await syncFolder(this.root);
    return true;
  }

  private async closeFiles(): Promise<void> {
    await Promise.all(this.handles.splice(0).map((handle) => handle.close()));
  }
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AssayError) throw error;
    throw new OperationalError(
      'CHECKPOINT_STORE_FAILED',
      'the checkpoint could not be stored; check the space and the rights of the data folder',
      { cause: error },
    );
  }
}

/** Without it a new name may be lost with the power, though the bytes are on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
