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
    const hashes = new Map<string, string>();
    for (const name of await readdir(folder)) {
      hashes.set(name, await sha256OfFile(path.join(folder, name)));
    }
    return digestOfHashes(hashes);
  } catch {
    return undefined;
  }
}

async function sha256OfFile(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
