/**
 * Folders of fetched files under their digest, `<root>/<kind>/<digest>/`, within a size. Several processes may share
 * one root: a folder appears and goes by a rename, so it is whole or not there. What is read from it is to be held
 * against its digest each time; nothing here is written through to the disk for ever.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { AssayError, OperationalError } from '../errors';

export type CacheKind = 'checkpoints' | 'splits';

const KINDS: readonly CacheKind[] = ['checkpoints', 'splits'];
/** What nobody wrote to for so long belongs to a process that was killed. */
const STALE_AFTER_MS = 60 * 60 * 1000;

interface Entry {
  folder: string;
  sizeBytes: number;
  usedAt: number;
  /** Of the files in it: the folder's own time does not change while one grows. */
  writtenAt: number;
}

export class FileCache {
  /** @param maxBytes above which those used longest ago go; the last one fetched stays in any case */
  constructor(
    private readonly root: string,
    private readonly maxBytes: number,
  ) {}

  folderOfKind(kind: CacheKind): string {
    return path.join(this.root, kind);
  }

  folderOf(kind: CacheKind, digest: string): string {
    return path.join(this.folderOfKind(kind), digest);
  }

  /** Notes that it is used. @returns its folder, which another process may take away at any time; undefined where there is none */
  async find(kind: CacheKind, digest: string): Promise<string | undefined> {
    const folder = this.folderOf(kind, digest);
    const now = new Date();
    return utimes(folder, now, now).then(
      () => folder,
      () => undefined,
    );
  }

  /**
   * @param sizeBytes for which room is made before
   * @param fill writes the files into an empty folder; where it throws nothing stays
   * @throws what `fill` throws; OperationalError STORE_CACHE_FAILED where the disk does
   */
  async add(
    kind: CacheKind,
    digest: string,
    sizeBytes: number,
    fill: (folder: string) => Promise<void>,
  ): Promise<string> {
    const target = this.folderOf(kind, digest);
    const made = path.join(this.root, kind, `.${randomUUID()}`);
    try {
      await this.storing(async () => {
        await mkdir(made, { recursive: true });
        await this.makeRoom(sizeBytes);
        await fill(made);
        await rename(made, target).catch(async (error: unknown) => {
          // Another process was faster: what it has fetched is as good.
          if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
          await rm(made, { recursive: true, force: true });
        });
      });
      return target;
    } catch (error) {
      await rm(made, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** @throws OperationalError STORE_CACHE_FAILED */
  async remove(kind: CacheKind, digest: string): Promise<void> {
    await this.storing(() => this.removeFolder(this.folderOf(kind, digest)));
  }

  /** Removes what processes that were killed left behind. */
  async removeLeftovers(now = Date.now()): Promise<void> {
    for (const kind of KINDS) {
      const names = await readdir(path.join(this.root, kind)).catch(() => []);
      for (const name of names.filter((one) => one.startsWith('.'))) {
        const folder = path.join(this.root, kind, name);
        const entry = await entryOf(folder);
        const touchedAt = entry && Math.max(entry.usedAt, entry.writtenAt);
        if (touchedAt !== undefined && now - touchedAt > STALE_AFTER_MS) {
          await rm(folder, { recursive: true, force: true });
        }
      }
    }
  }

  private async makeRoom(sizeBytes: number): Promise<void> {
    const entries: Entry[] = [];
    for (const kind of KINDS) {
      const names = await readdir(path.join(this.root, kind)).catch(() => []);
      for (const name of names.filter((one) => !one.startsWith('.'))) {
        const entry = await entryOf(path.join(this.root, kind, name));
        if (entry) entries.push(entry);
      }
    }
    let total = entries.reduce((sum, entry) => sum + entry.sizeBytes, sizeBytes);
    for (const { folder, sizeBytes: freed } of entries.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.maxBytes) return;
      await this.removeFolder(folder);
      total -= freed;
    }
  }

  /** The system's errors, which name paths and calls, as one that says what to do. */
  private async storing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { syscall } = error as NodeJS.ErrnoException;
      if (error instanceof AssayError || syscall === undefined) throw error;
      throw new OperationalError(
        'STORE_CACHE_FAILED',
        `what was fetched could not be kept in ${this.root} (${codeOf(error)}); check its space and rights`,
        { cause: error },
      );
    }
  }

  /** By a rename first: who looks meanwhile finds all of it or nothing. */
  private async removeFolder(folder: string): Promise<void> {
    const aside = path.join(path.dirname(folder), `.${randomUUID()}`);
    try {
      await rename(folder, aside);
    } catch (error) {
      // Another process has removed it.
      if (codeOf(error) === 'ENOENT') return;
      throw error;
    }
    await rm(aside, { recursive: true, force: true });
  }
}

/** @returns undefined where it went meanwhile */
async function entryOf(folder: string): Promise<Entry | undefined> {
  try {
    const files = await readdir(folder);
    const stats = await Promise.all(files.map((name) => stat(path.join(folder, name))));
    return {
      folder,
      sizeBytes: stats.reduce((sum, { size }) => sum + size, 0),
      usedAt: (await stat(folder)).mtimeMs,
      writtenAt: Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs)),
    };
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
