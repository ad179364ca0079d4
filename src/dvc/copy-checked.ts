/** Copies an object from file to file so that only its very bytes get the target's name. */
import { type FileHandle, open } from 'node:fs/promises';
import { writeAtomically } from '../datasets/files/atomic-file';
import { createObjectHash } from './object-hash';
import type { ObjectId } from './object-id';
import { corrupt, writeFailure } from './storage-errors';

const CHUNK_BYTES = 1024 * 1024;

/** @throws OperationalError DVC_CORRUPT, DVC_DISK_FULL, DVC_WRITE_FAILED */
export async function copyChecked(
  source: string,
  target: string,
  id: ObjectId,
  mode: number,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await writeAtomically(target, async (out) => {
      const handle = await open(source);
      try {
        const md5 = await pump(handle, out, id, signal);
        if (md5 !== id.md5) throw corrupt(source, `their MD5 is ${md5} instead of ${id.md5}`);
      } finally {
        await handle.close();
      }
      await out.chmod(mode);
    });
  } catch (error) {
    throw writeFailure(target, error, signal);
  }
}

async function pump(
  from: FileHandle,
  to: FileHandle,
  { layout }: ObjectId,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createObjectHash(layout);
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await from.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return hash.digest();
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await to.writeFile(piece);
  }
}
