/** Puts new files in their places, each at once and none over another unless that is wanted. */
import { constants, copyFile, link, lstat, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, targetExists, targetOccupied } from './target-errors';

/**
 * A file that has the very bytes already may stay: so a state dict can join another that has the same
 * description.
 *
 * @throws UserError CONVERT_TARGET_EXISTS, CONVERT_TARGET_OCCUPIED; what the system says
 */
export async function checkFilesFree(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  force: boolean,
): Promise<void> {
  for (const [name, content] of files) {
    const place = path.join(folder, name);
    const found = await statOf(place);
    if (found === undefined) continue;
    if (found.isDirectory()) throw targetOccupied(place, 'it is a folder');
    if (!force && !(await holds(place, content))) throw targetExists(place);
  }
}

/**
 * The first file, the weights, comes last: nobody sees it without its description.
 *
 * @param staged a folder on the same file system, with the files in it
 * @throws what the system says: EEXIST where something came into its way and `force` is not given; then none of
 *   the new files is left
 */
export async function placeFiles(
  staged: string,
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  force: boolean,
): Promise<void> {
  const done: string[] = [];
  try {
    for (const [name, content] of [...files].toReversed()) {
      const place = path.join(folder, name);
      if (force) {
        await rename(path.join(staged, name), place);
      } else if (!(await holds(place, content))) {
        await putNew(path.join(staged, name), place);
        done.push(place);
      }
    }
  } catch (error) {
    for (const place of done) await rm(place, { force: true });
    throw error;
  }
}

/** A rename would replace a file that has come into its way; a link does not. */
async function putNew(from: string, place: string): Promise<void> {
  try {
    await link(from, place);
  } catch (error) {
    // Some file systems have no links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error;
    await copyFile(from, place, constants.COPYFILE_EXCL);
  }
}

async function holds(place: string, content: Uint8Array): Promise<boolean> {
  const found = await statOf(place);
  if (found?.isFile() !== true || found.size !== content.byteLength) return false;
  return (await readFile(place)).equals(content);
}

async function statOf(place: string) {
  return lstat(place).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}
