/** Writes a file so that others see all of it or nothing, whatever ends this process in between. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A part that nobody wrote to for so long belongs to a process that was killed. */
const STALE_AFTER_MS = 60 * 60 * 1000;

/**
 * Writes to a file of its own beside the target and renames it, so that several processes may write the same
 * target at once: the last one wins, and each wrote all of it. Where `write` throws nothing is left.
 */
export async function writeAtomically(
  target: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const folder = path.dirname(target);
  const prefix = `.${path.basename(target)}.`;
  await mkdir(folder, { recursive: true });
  await removeStaleParts(folder, prefix);
  const part = path.join(folder, `${prefix}${randomUUID()}.part`);
  try {
    const handle = await open(part, 'wx', 0o644);
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, target);
    await syncFolder(folder);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function removeStaleParts(folder: string, prefix: string): Promise<void> {
  const oldest = Date.now() - STALE_AFTER_MS;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith('.part')) continue;
    const part = path.join(folder, name);
    // Another process may have renamed or removed it since the folder was read.
    const found = await stat(part).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < oldest) await rm(part, { force: true });
  }
}

/** Without it the new name may be lost with the power, though the bytes are on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
