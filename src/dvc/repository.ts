/** One project's data: its configuration, cache and tracked outputs, and the remotes while they are used. */
import path from 'node:path';
import { loadDvcConfig, findDvcRoot, type DvcConfig } from './dvc-config';
import type { TrackedOutput } from './dvc-file';
import { findOutputs } from './find-outputs';
import { createObjectCache, type ObjectCache } from './object-cache';
import { formatManifest } from './manifest';
import { type RemoteEnvironment, thisEnvironment } from './remotes/environment';
import { openRemote } from './remotes/open-remote';
import type { Remote } from './remotes/remote';
import { entriesOf, type PlacedFile } from './workspace';

export interface DataOptions {
  /** Relative to `cwd`; none: everything that is tracked. */
  targets: readonly string[];
  /** Instead of an output's own remote and of the default one. */
  remote?: string | undefined;
  /** How many files are worked on at a time. */
  jobs: number;
  signal?: AbortSignal | undefined;
  /** Told the bytes so far, and all where they are known. */
  onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  cwd?: string | undefined;
  /** Where remotes look for keys and accounts (default: of this process, with nobody to ask). */
  environment?: RemoteEnvironment | undefined;
}

export interface Repository {
  config: DvcConfig;
  cache: ObjectCache;
  outputs: readonly TrackedOutput[];
  /** Opened when first asked for. */
  remoteOf: (output: TrackedOutput) => Promise<Remote>;
}

/** @throws UserError of dvc-config.ts and find-outputs.ts */
export async function withRepository<T>(
  options: DataOptions,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const { cwd = process.cwd(), environment = thisEnvironment() } = options;
  const root = await findDvcRoot(cwd);
  const config = await loadDvcConfig(root);
  const outputs = await findOutputs(root, options.targets, cwd);
  const opened = new Map<string, Promise<Remote>>();
  const remoteOf = (output: TrackedOutput): Promise<Remote> => {
    const remote = config.remote(options.remote ?? output.remote);
    const known = opened.get(remote.name) ?? openRemote(remote, environment);
    opened.set(remote.name, known);
    return known;
  };
  try {
    return await work({ config, cache: createObjectCache(config.cacheDir), outputs, remoteOf });
  } finally {
    const remotes = await Promise.allSettled(opened.values());
    for (const remote of remotes) if (remote.status === 'fulfilled') await remote.value.close();
  }
}

/** A folder's list without asking a remote: the cache has it, or the folder still is what it describes. */
export async function ensureListLocally(
  { cache, config }: Repository,
  output: TrackedOutput,
): Promise<boolean> {
  if (await cache.holds(output.object)) return true;
  const { layout, md5 } = output.object;
  const entries = await entriesOf(path.join(config.root, output.path), layout);
  if (entries === undefined || formatManifest(entries, layout).id.md5 !== md5) return false;
  await cache.addManifest(entries, layout);
  return true;
}

/** The files of an output; the list of a folder must be in the cache. */
export async function filesOf(
  { cache, config }: Repository,
  { object, path: relative }: TrackedOutput,
): Promise<PlacedFile[]> {
  const base = path.join(config.root, relative);
  if (!object.isFolder) return [{ file: base, object }];
  const entries = await cache.readManifest(object);
  return entries.map((entry) => ({ file: path.join(base, entry.relpath), object: entry.object }));
}

/** One of each object, with all the places where it belongs. */
export function byObject(files: readonly PlacedFile[]): PlacedFile[][] {
  const groups = new Map<string, PlacedFile[]>();
  for (const placed of files) {
    const key = `${placed.object.layout} ${placed.object.md5}`;
    groups.set(key, [...(groups.get(key) ?? []), placed]);
  }
  return [...groups.values()];
}
