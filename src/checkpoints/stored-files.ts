/** Reads the folder in which the store keeps one checkpoint, without trusting what lies there. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ByteBudget, readBounded, unreadable } from './formats/bounded-file';
import { type ByteSource, FileByteSource } from './formats/byte-source';
import { checkpointDigest, checkpointSize, digestOfHashes } from './formats/checkpoint-digest';
import type { CheckpointFiles, CheckpointFormat } from './formats/checkpoint-files';
import { checkpointInvalid, quoted } from './formats/checkpoint-invalid';
import { MAX_CHECKPOINT_BYTES } from './limits';

const CHUNK_BYTES = 2 ** 20;
/** No link is followed, and no pipe waited for. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

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

/**
 * The folder's files, open while `use` looks into them; nothing is held against the digest.
 *
 * @throws UserError CHECKPOINT_INVALID where something in it is no plain file; OperationalError CHECKPOINT_UNREADABLE;
 *   what `use` throws
 */
export async function withFolder<T>(
  folder: string,
  use: (sources: ReadonlyMap<string, ByteSource>) => Promise<T>,
): Promise<T> {
  const handles: FileHandle[] = [];
  try {
    const sources = new Map<string, ByteSource>();
    for (const name of (await readdir(folder)).sort()) {
      const handle = await open(path.join(folder, name), READ_FLAGS).catch((error: unknown) => {
        throw unreadable(name, error);
      });
      handles.push(handle);
      const stats = await handle.stat();
      if (!stats.isFile()) throw checkpointInvalid(`${quoted(name)} is not a regular file`);
      sources.set(name, new FileByteSource(handle, stats.size));
    }
    return await use(sources);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

async function hashFile(file: string): Promise<Pick<HashedFile, 'sizeBytes' | 'sha256'>> {
  const handle = await open(file, READ_FLAGS);
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
