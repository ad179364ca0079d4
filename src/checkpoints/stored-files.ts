/** Reads the folder in which the store keeps one checkpoint, without trusting what lies there. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ByteBudget, readBounded } from './formats/bounded-file';
import { checkpointDigest, checkpointSize, digestOfHashes } from './formats/checkpoint-digest';
import type { CheckpointFiles, CheckpointFormat } from './formats/checkpoint-files';
import { MAX_CHECKPOINT_BYTES } from './limits';

const CHUNK_BYTES = 2 ** 20;

/**
 * All files of the folder with the digest that they really have.
 *
 * @throws UserError CHECKPOINT_INVALID where something in it is no plain file, CHECKPOINT_TOO_LARGE;
 *   OperationalError CHECKPOINT_UNREADABLE
 */
export async function readFolder(
  folder: string,
  format: CheckpointFormat,
): Promise<CheckpointFiles> {
  const budget = new ByteBudget(MAX_CHECKPOINT_BYTES);
  const files = new Map<string, Uint8Array>();
  for (const name of (await readdir(folder)).sort()) {
    files.set(name, await readBounded(path.join(folder, name), name, budget));
  }
  return { format, digest: checkpointDigest(files), files, sizeBytes: checkpointSize(files) };
}

/** The digest of the folder's files, read piece by piece; undefined where they can't be read. */
export async function sha256OfFolder(folder: string): Promise<string | undefined> {
  try {
    const files = await hashFolder(folder);
    return digestOfHashes(new Map(files.map(({ name, sha256 }) => [name, sha256])));
  } catch {
    return undefined;
  }
}

export interface HashedFile {
  name: string;
  sizeBytes: number;
  sha256: string;
}

/** Each file of the folder with the hash that it really has, read piece by piece. */
export async function hashFolder(folder: string): Promise<HashedFile[]> {
  const files: HashedFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    files.push({ name, ...(await hashFile(path.join(folder, name))) });
  }
  return files;
}

async function hashFile(file: string): Promise<Pick<HashedFile, 'sizeBytes' | 'sha256'>> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let sizeBytes = 0; ;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return { sizeBytes, sha256: hash.digest('hex') };
      sizeBytes += bytesRead;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
