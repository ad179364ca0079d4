/** Paths that files of others name: nothing may lead out of the place that they are meant for. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../datasets/files/errno';
import { UserError } from '../errors';

/** What belongs to git and DVC is theirs: a hook there would be run. */
const RESERVED = ['.git', '.dvc', '.hg'];

/** What is wrong with a relative path with slashes, in words; undefined where it is fine. */
export function relpathProblem(relpath: string): string | undefined {
  if (relpath === '') return 'is empty';
  if (relpath.includes('\0')) return 'holds a NUL';
  if (relpath.includes('\\')) return 'holds a backslash';
  if (relpath.startsWith('/') || /^[a-z]:/i.test(relpath)) return 'is absolute';
  const parts = relpath.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'has an empty, "." or ".." part';
  }
  if (parts.some((part) => RESERVED.includes(part.toLowerCase()))) {
    return `has a part of the name ${RESERVED.join(', ')}`;
  }
  return undefined;
}

/**
 * Sees to it that links on the way don't lead a file out of the project.
 * @param file absolute; it and folders above it need not exist
 * @throws UserError DVC_PATH_OUTSIDE
 */
export async function requireInside(root: string, file: string): Promise<void> {
  const realRoot = await realpath(root);
  const folder = await nearestRealFolder(path.dirname(file));
  if (folder === realRoot || folder.startsWith(`${realRoot}${path.sep}`)) return;
  throw pathOutside(file, `a link on its way leads to ${folder}, outside of ${root}`);
}

export function pathOutside(what: string, reason: string): UserError {
  return new UserError(
    'DVC_PATH_OUTSIDE',
    `${JSON.stringify(what)} is refused: ${reason}. Data must lie inside the project's folder.`,
    { details: { path: what, reason } },
  );
}

async function nearestRealFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || folder === path.dirname(folder)) throw error;
    return nearestRealFolder(path.dirname(folder));
  }
}
