/** Opens a path and says where what was opened really lies, so that nothing can change in between. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ByteBudget } from './formats/bounded-file';
import { checkpointInvalid, quoted } from './formats/checkpoint-invalid';

export interface RealFile {
  handle: FileHandle;
  /** Of the open file itself, links followed. */
  realPath: string;
  isFolder: boolean;
  sizeBytes: number;
}

/** Of one read; a copy of a large checkpoint needs no more memory than this. */
const CHUNK_BYTES = 2 ** 20;

/**
 * The caller closes the handle.
 *
 * @throws what the system says where the path can't be opened; UserError CHECKPOINT_INVALID where it is no
 *   file or folder, or is exchanged at this very moment
 */
export async function openReal(file: string): Promise<RealFile> {
  // Without O_NONBLOCK, opening a named pipe waits for a writer for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() && !stats.isDirectory()) {
      throw checkpointInvalid(`${quoted(path.basename(file))} is not a regular file`);
    }
    const realPath = await realPathOf(handle, file);
    return { handle, realPath, isFolder: stats.isDirectory(), sizeBytes: stats.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether `file` is `folder` or below it; both are real paths. */
export function isInside(folder: string, file: string): boolean {
  const prefix = folder.endsWith(path.sep) ? folder : folder + path.sep;
  return file === folder || file.startsWith(prefix);
}

/** The file's bytes, one piece after another in the same memory: use one before asking for the next. */
export async function* chunksOf(
  { handle, realPath }: RealFile,
  budget: ByteBudget,
): AsyncGenerator<Uint8Array> {
  const { size } = await handle.stat();
  budget.take(size);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(size, 1)));
  for (let at = 0; at < size;) {
    const wanted = Math.min(buffer.byteLength, size - at);
    const { bytesRead } = await handle.read(buffer, 0, wanted, at);
    if (bytesRead === 0) {
      const name = quoted(path.basename(realPath));
      throw checkpointInvalid(`the file ${name} became shorter while it was read`);
    }
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Linux knows the path of an open file; elsewhere the path is followed again and must lead to the same one. */
async function realPathOf(handle: FileHandle, file: string): Promise<string> {
  const known = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (known?.startsWith('/')) return known;
  const followed = await realpath(file);
  const [opened, found] = [await handle.stat(), await lstat(followed)];
  if (opened.dev === found.dev && opened.ino === found.ino) return followed;
  throw checkpointInvalid('its path was changed while it was opened; register it again');
}
