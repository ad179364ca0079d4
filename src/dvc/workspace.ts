/** The files that a person works with, beside the cache: what they are, and how they get there. */
import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../datasets/files/errno';
import { UserError } from '../errors';
import { copyChecked } from './copy-checked';
import type { ManifestEntry } from './manifest';
import type { ObjectCache } from './object-cache';
import { hashFile } from './object-hash';
import type { Layout, ObjectId } from './object-id';
import { requireInside } from './safe-path';
import { writeFailure } from './storage-errors';

/** A file of the workspace and the object that it should be. */
export interface PlacedFile {
  /** Absolute. */
  file: string;
  object: ObjectId;
}

export type FileState = 'right' | 'missing' | 'changed';

const PLACED_MODE = 0o644;

/** The object that lies there now; undefined where no file does. */
export async function objectAt(file: string, layout: Layout): Promise<ObjectId | undefined> {
  try {
    if (!(await stat(file)).isFile()) return undefined;
    const { md5 } = await hashFile(file, layout);
    return { md5, isFolder: false, layout };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

export async function stateOf({ file, object }: PlacedFile): Promise<FileState> {
  const found = await objectAt(file, object.layout);
  if (found === undefined)
    return (await lstat(file).catch(() => undefined)) ? 'changed' : 'missing';
  return found.md5 === object.md5 ? 'right' : 'changed';
}

/** All files under a folder as its list would name them; undefined where there is no folder. */
export async function entriesOf(
  folder: string,
  layout: Layout,
): Promise<ManifestEntry[] | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return undefined;
  const entries: ManifestEntry[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const object = await objectAt(file, layout);
    const relpath = path.relative(folder, file).split(path.sep).join('/');
    if (object !== undefined) entries.push({ relpath, object });
  }
  return entries;
}

/**
 * Whether a file may be replaced: its bytes are of a version that the cache keeps. Made by hand, they
 * would be lost.
 */
export async function isReplaceable(placed: PlacedFile, cache: ObjectCache): Promise<boolean> {
  const found = await objectAt(placed.file, placed.object.layout);
  return found !== undefined && (await cache.holds(found));
}

/**
 * Puts an object of the cache into its place.
 * @throws UserError DVC_PATH_OUTSIDE, DVC_WORKSPACE_CHANGED; OperationalError DVC_CORRUPT, DVC_DISK_FULL,
 *   DVC_WRITE_FAILED
 */
export async function place(
  { file, object }: PlacedFile,
  cache: ObjectCache,
  options: { root: string; hardlinks: boolean },
  signal: AbortSignal,
): Promise<void> {
  await requireInside(options.root, file);
  const source = cache.pathOf(object);
  if (!options.hardlinks) {
    await copyChecked(source, file, object, PLACED_MODE, signal);
    return;
  }
  const part = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.part`);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await link(source, part);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    // The cache may be on another disk: then bytes are copied, as dvc does.
    if (errorCode(error) !== 'EXDEV') throw writeFailure(file, error, signal);
    await copyChecked(source, file, object, PLACED_MODE, signal);
  }
}

export function workspaceChanged(files: readonly string[]): UserError {
  const shown = files.slice(0, 10).join(', ');
  const more = files.length > 10 ? ` and ${files.length - 10} more` : '';
  return new UserError(
    'DVC_WORKSPACE_CHANGED',
    `${shown}${more} would be replaced, and the cache does not keep what is there now. Move it away, or give --force to replace it.`,
    { details: { files } },
  );
}
