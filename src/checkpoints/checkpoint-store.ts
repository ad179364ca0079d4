/** Keeps the bytes of checkpoints by their SHA-256: `<root>/<digest>/<files>`. */
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { OperationalError, UserError } from '../errors';
import { CheckpointStaging } from './checkpoint-staging';
import type { CheckpointFiles, CheckpointFormat } from './formats/checkpoint-files';
import { METADATA_FILE } from './formats/checkpoint-digest';
import type { Sources } from './formats/sources';
import {
  type HashedFile,
  hashFolder,
  readFolder,
  sha256OfFolder,
  withFolder,
} from './stored-files';

/** What nobody wrote to for so long belongs to a process that was killed. */
const STALE_AFTER_MS = 60 * 60 * 1000;

/** Gives out the bytes of checkpoints, held against their digests. */
export interface CheckpointReader {
  load(digest: string, format: CheckpointFormat): Promise<CheckpointFiles>;
}

export class CheckpointStore implements CheckpointReader {
  constructor(private readonly root: string) {}

  /** Begins to store a checkpoint: a crash leaves all of it or none. */
  stage(): Promise<CheckpointStaging> {
    return CheckpointStaging.begin(this.root);
  }

  /**
   * Reads the files and holds them against the digest.
   *
   * @throws OperationalError CHECKPOINT_MISSING where this machine does not have it
   * @throws UserError CHECKPOINT_CORRUPT where a byte differs, or a file is missing or too many
   */
  async load(digest: string, format: CheckpointFormat): Promise<CheckpointFiles> {
    const checkpoint = await readFolder(this.presentFolder(digest), format).catch(
      (error: unknown) => {
        // It was sound when it was stored, so what makes it unreadable now happened to it here.
        throw error instanceof UserError ? corrupt(digest, error) : error;
      },
    );
    if (checkpoint.digest !== digest) throw corrupt(digest);
    return checkpoint;
  }

  /**
   * Opens the files, so that their index can be read without the weights; they are not held against the digest.
   *
   * @throws what `look` throws; UserError CHECKPOINT_CORRUPT in place of a UserError where the files have changed;
   *   OperationalError CHECKPOINT_MISSING, CHECKPOINT_UNREADABLE
   */
  async lookInto<T>(digest: string, look: (sources: Sources) => Promise<T>): Promise<T> {
    const folder = this.presentFolder(digest);
    try {
      return await withFolder(folder, look);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw (await sha256OfFolder(folder)) === digest ? error : corrupt(digest, error);
    }
  }

  /**
   * The files that the digest covers, by what lies here now, which may be damaged.
   *
   * @returns undefined where this machine does not have it
   */
  async list(digest: string): Promise<HashedFile[] | undefined> {
    const folder = this.folderOf(digest);
    if (!existsSync(folder)) return undefined;
    return (await hashFolder(folder)).filter(({ name }) => name !== METADATA_FILE);
  }

  folderOf(digest: string): string {
    return path.join(this.root, digest);
  }

  private presentFolder(digest: string): string {
    const folder = this.folderOf(digest);
    if (existsSync(folder)) return folder;
    throw new OperationalError(
      'CHECKPOINT_MISSING',
      `the files of checkpoint ${digest.slice(0, 12)} are not in this machine's store; register it here again`,
    );
  }

  /** Removes what processes that were killed left half written. */
  async removeLeftovers(now = Date.now()): Promise<void> {
    const names = await readdir(this.root).catch(() => []);
    for (const name of names.filter((candidate) => candidate.startsWith('.'))) {
      const folder = path.join(this.root, name);
      // Another process may be at the same work, or may have kept it since the folder was read.
      const touched = await lastTouched(folder).catch(() => undefined);
      if (touched === undefined || now - touched < STALE_AFTER_MS) continue;
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** A folder's own time does not change while a file in it grows. */
async function lastTouched(folder: string): Promise<number> {
  const files = await readdir(folder);
  const times = [folder, ...files.map((name) => path.join(folder, name))].map(
    async (file) => (await stat(file)).mtimeMs,
  );
  return Math.max(...(await Promise.all(times)));
}

function corrupt(digest: string, cause?: UserError): UserError {
  return new UserError(
    'CHECKPOINT_CORRUPT',
    `the stored files of checkpoint ${digest.slice(0, 12)} have changed; register the checkpoint again from its own files`,
    { cause },
  );
}
