/** `data add`: takes files into the cache and writes the .dvc file that tracks them, as `dvc add` does. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors';
import { loadDvcConfig, findDvcRoot } from './dvc-config';
import { findOutputs } from './find-outputs';
import { ignoreInGit, isTrackedByGit } from './git-files';
import { formatManifest, type ManifestEntry } from './manifest';
import { createObjectCache } from './object-cache';
import { type ObjectId, objectName } from './object-id';
import { inParallel } from './parallel';
import { pathOutside, relpathProblem, requireInside } from './safe-path';
import { shellWord } from './shell-word';
import { entriesOf, objectAt } from './workspace';
import { writeDvcFile } from './write-dvc-file';

export interface AddOptions {
  /** Files and folders, relative to `cwd`. */
  targets: readonly string[];
  /** How many files are worked on at a time. */
  jobs: number;
  signal?: AbortSignal | undefined;
  cwd?: string | undefined;
}

export interface AddedOutput {
  path: string;
  dvcFile: string;
  /** As the .dvc file writes it. */
  md5: string;
  sizeBytes: number;
  files: number;
}

/**
 * What is in the workspace stays as it is. A .dvc file that is there already gets the new version.
 * @throws UserError DVC_TARGET_UNKNOWN, DVC_PATH_OUTSIDE, DVC_TRACKED_BY_GIT, DVC_OUTPUT_TWICE, DVC_FILE_INVALID,
 *   DVC_FILE_UNSUPPORTED; OperationalError DVC_CORRUPT where a file changes meanwhile, DVC_DISK_FULL, DVC_WRITE_FAILED
 */
export async function add(options: AddOptions): Promise<AddedOutput[]> {
  const { cwd = process.cwd(), targets } = options;
  const root = await findDvcRoot(cwd);
  const { cacheDir } = await loadDvcConfig(root);
  const added: AddedOutput[] = [];
  for (const target of targets) {
    const file = path.resolve(cwd, target);
    await requireAddable(root, file);
    added.push(await addOne(root, cacheDir, file, options));
  }
  return added;
}

async function addOne(
  root: string,
  cacheDir: string,
  file: string,
  { jobs, signal }: AddOptions,
): Promise<AddedOutput> {
  const cache = createObjectCache(cacheDir);
  const { object, entries } = await objectsOf(file);
  let sizeBytes = 0;
  await inParallel(entries, jobs, signal, async (entry) => {
    const source = object.isFolder ? path.join(file, entry.relpath) : file;
    if (!(await cache.holds(entry.object))) await cache.addFile(entry.object, source);
    const { size } = await stat(cache.pathOf(entry.object));
    sizeBytes += size;
  });
  if (object.isFolder) await cache.addManifest(entries, object.layout);
  const dvcFile = `${file}.dvc`;
  const fileCount = object.isFolder ? entries.length : undefined;
  await writeDvcFile(dvcFile, path.relative(root, dvcFile), {
    path: path.basename(file),
    md5: objectName(object),
    sizeBytes,
    fileCount,
  });
  await ignoreInGit(file);
  return {
    path: path.relative(root, file),
    dvcFile: path.relative(root, dvcFile),
    md5: objectName(object),
    sizeBytes,
    files: entries.length,
  };
}

/** One entry for a single file. */
async function objectsOf(file: string): Promise<{ object: ObjectId; entries: ManifestEntry[] }> {
  const entries = await entriesOf(file, 'dvc3');
  if (entries === undefined) {
    const object = await objectAt(file, 'dvc3');
    if (object === undefined) throw nothingThere(file);
    return { object, entries: [{ relpath: path.basename(file), object }] };
  }
  if (entries.length === 0) throw nothingThere(file);
  for (const { relpath } of entries) {
    const problem = relpathProblem(relpath);
    if (problem !== undefined) throw pathOutside(path.join(file, relpath), `its name ${problem}`);
  }
  return { object: formatManifest(entries, 'dvc3').id, entries };
}

async function requireAddable(root: string, file: string): Promise<void> {
  const relative = path.relative(root, file);
  const problem = relpathProblem(relative.split(path.sep).join('/'));
  if (problem !== undefined)
    throw pathOutside(relative || '.', `its path in the project ${problem}`);
  await requireInside(root, file);
  const dvcFile = `${relative}.dvc`;
  for (const other of await findOutputs(root, [])) {
    const isSame = other.path === relative && other.dvcFile === dvcFile;
    const [theirs, ours] = [`${other.path}/`, `${relative}/`];
    const overlaps = theirs.startsWith(ours) || ours.startsWith(theirs);
    if (isSame || (!overlaps && other.dvcFile !== dvcFile)) continue;
    throw new UserError(
      'DVC_OUTPUT_TWICE',
      `${relative} can't be tracked by ${dvcFile}: ${other.dvcFile} tracks ${other.path}. Add that, or remove its .dvc file first.`,
    );
  }
  if (await isTrackedByGit(root, file)) {
    throw new UserError(
      'DVC_TRACKED_BY_GIT',
      `${relative} is tracked by git, and one of the two must let go. Take it out of git first (the files stay): git rm -r --cached -- ${shellWord(relative)}`,
      { details: { path: relative } },
    );
  }
}

function nothingThere(file: string): UserError {
  return new UserError(
    'DVC_TARGET_UNKNOWN',
    `${file} is neither a file nor a folder with files. Name what is to be tracked.`,
    { details: { target: file } },
  );
}
