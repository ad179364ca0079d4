/** Puts a new folder in its place: whoever looks sees the old one or the new one. */
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { quoted } from '../checkpoints/formats/checkpoint-invalid';
import { readCheckpoint } from '../checkpoints/formats/read-checkpoint';
import { AssayError } from '../errors';
import { codeOf, targetExists, targetOccupied } from './target-errors';

/**
 * A folder is replaced as a whole, so one that holds anything else than a tfjs model is refused: a mistyped path
 * must not cost anyone their files.
 *
 * @throws UserError CONVERT_TARGET_EXISTS, CONVERT_TARGET_OCCUPIED; what the system says
 */
export async function checkFolderFree(place: string, force: boolean): Promise<void> {
  const inside = await readdir(place).catch((error: unknown) => {
    const code = codeOf(error);
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR')
      throw targetOccupied(place, 'it is a file, and a tfjs model is a folder');
    throw error;
  });
  if (inside.length === 0) return;
  if (!force) throw targetExists(place);
  const model = await readCheckpoint(place).catch((error: unknown) => {
    if (error instanceof AssayError) return undefined;
    throw error;
  });
  const foreign = inside.find((name) => model?.files.has(name) !== true);
  if (foreign === undefined) return;
  throw targetOccupied(
    place,
    `it holds ${quoted(foreign)}, which is no part of a sound tfjs model`,
  );
}

/**
 * @param folder beside the place, with all files in it
 * @throws what the system says: ENOTEMPTY where something came into its way and `force` is not given
 */
export async function placeFolder(folder: string, place: string, force: boolean): Promise<void> {
  // It was made for its owner alone.
  await chmod(folder, 0o755);
  const old = `${folder}.old`;
  if (!force || !(await moved(place, old))) {
    // An empty folder gives way; one with files in it does not.
    await rename(folder, place);
    return;
  }
  try {
    await rename(folder, place);
  } catch (error) {
    await rename(old, place);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** @returns whether there was anything to move */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
