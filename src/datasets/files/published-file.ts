/** A file that someone published and whose bytes are known; looked for on the disk, and checked there. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { errorCode, reasonOf } from './errno';

export interface PublishedFile {
  name: string;
  sizeBytes: number;
  /** Hex. It names the bytes as their publisher does; what results rely on is the splits' SHA-256. */
  md5: string;
}

/** What lies under a path: the published bytes, nothing, or something else, with what is wrong in words. */
export type FileCheck =
  { state: 'right' } | { state: 'absent' } | { state: 'wrong'; reason: string };

/** 1 MiB: hashed in about 2 ms, so that checking 26 MB holds up nobody. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Compares a file on the disk with the published one.
 * @param into takes the bytes that were compared (`sizeBytes` of them), so that nobody reads the file again
 */
export async function checkPublishedFile(
  path: string,
  file: PublishedFile,
  into?: Uint8Array,
): Promise<FileCheck> {
  try {
    // Before it is opened: opening a named pipe would wait for its writer.
    const found = await stat(path);
    if (!found.isFile()) return { state: 'wrong', reason: 'it is not a regular file' };
    if (found.size !== file.sizeBytes) {
      return { state: 'wrong', reason: `it has ${found.size} bytes instead of ${file.sizeBytes}` };
    }
    const md5 = await md5Of(path, file.sizeBytes, into);
    if (md5 === file.md5) return { state: 'right' };
    return { state: 'wrong', reason: `its MD5 is ${md5} instead of ${file.md5}` };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'absent' };
    return { state: 'wrong', reason: `it can't be read (${reasonOf(error)})` };
  }
}

/** Reads at most `sizeBytes`, even if the file grows meanwhile. */
async function md5Of(path: string, sizeBytes: number, into?: Uint8Array): Promise<string> {
  const hash = createHash('md5');
  const scratch = new Uint8Array(into === undefined ? CHUNK_BYTES : 0);
  const handle = await open(path);
  try {
    for (let done = 0; done < sizeBytes;) {
      const wanted = Math.min(CHUNK_BYTES, sizeBytes - done);
      const target = into === undefined ? scratch : into.subarray(done, done + wanted);
      const { bytesRead } = await handle.read(target, 0, wanted, null);
      if (bytesRead === 0) break;
      hash.update(target.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}
