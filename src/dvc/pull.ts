/** `data pull`: fetches what the cache lacks and puts every tracked file into its place. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { OperationalError } from '../errors';
import type { TrackedOutput } from './dvc-file';
import { fetchObject } from './fetch-object';
import { objectName } from './object-id';
import { inParallel } from './parallel';
import {
  byObject,
  type DataOptions,
  ensureListLocally,
  filesOf,
  type Repository,
  withRepository,
} from './repository';
import { isReplaceable, place, type PlacedFile, stateOf, workspaceChanged } from './workspace';

export interface PullOptions extends DataOptions {
  /** Replaces files that were changed by hand too. */
  force?: boolean;
}

export interface PulledOutput {
  path: string;
  files: number;
  /** Objects that came from the remote; the list of a folder is one. */
  fetched: number;
  /** Files that were written into the workspace. */
  placed: number;
}

/**
 * Every byte is checked by its MD5. Files that came whole are kept whatever happens to others, so the same
 * call goes on where this one ended.
 * @throws OperationalError DVC_OBJECT_MISSING, DVC_CORRUPT, DVC_TRANSFER_FAILED, DVC_DISK_FULL,
 *   DVC_WRITE_FAILED, and what remotes throw; UserError DVC_WORKSPACE_CHANGED before any file is replaced
 */
export async function pull(options: PullOptions): Promise<PulledOutput[]> {
  const { jobs, signal, onProgress } = options;
  return withRepository(options, async (repository) => {
    const { cache, config, outputs } = repository;
    const pulled = outputs.map((output) => ({
      output,
      summary: { path: output.path, files: 0, fetched: 0, placed: 0 },
    }));
    let doneBytes = 0;
    const totalBytes = sumOf(outputs.map(({ sizeBytes }) => sizeBytes));
    const onBytes = (count: number): void => {
      doneBytes += count;
      onProgress?.(doneBytes, totalBytes);
    };

    await inParallel(pulled, jobs, signal, async ({ output, summary }, stop) => {
      if (!output.object.isFolder || (await ensureListLocally(repository, output))) return;
      const silent = (): void => undefined;
      await fetchFor(repository, output, output.object, silent, stop);
      summary.fetched++;
    });

    const tasks = [];
    const all: PlacedFile[] = [];
    for (const { output, summary } of pulled) {
      const files = await filesOf(repository, output);
      summary.files = files.length;
      all.push(...files);
      for (const group of byObject(files)) tasks.push({ output, summary, group });
    }
    if (!options.force) await refuseChanged(all, repository, jobs, signal);

    await inParallel(tasks, jobs, signal, async ({ output, summary, group }, stop) => {
      const [first] = group;
      if (first === undefined) return;
      const missing = await missingFiles(group);
      const present = group.find((placed) => !missing.includes(placed));
      if (await cache.holds(first.object)) {
        onBytes((await stat(cache.pathOf(first.object))).size);
      } else if (present !== undefined) {
        await cache.addFile(first.object, present.file);
        onBytes((await stat(present.file)).size);
      } else {
        await fetchFor(repository, output, first.object, onBytes, stop);
        summary.fetched++;
      }
      for (const placed of missing) {
        await place(placed, cache, { root: config.root, hardlinks: config.hardlinks }, stop);
        summary.placed++;
      }
    });
    return pulled.map(({ summary }) => summary);
  });
}

async function fetchFor(
  { cache, remoteOf }: Repository,
  output: TrackedOutput,
  object: TrackedOutput['object'],
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const remote = await remoteOf(output);
  if (await fetchObject(remote, object, cache.pathOf(object), onBytes, signal)) return;
  const origin =
    output.importedFrom === undefined
      ? 'Push it from where it is kept.'
      : `It was imported from ${output.importedFrom}: get it there with "dvc update", or have it pushed.`;
  throw new OperationalError(
    'DVC_OBJECT_MISSING',
    `${remote.address} does not have ${objectName(object)}, which is of ${output.path}. ${origin}`,
    { details: { remote: remote.address, object: objectName(object), output: output.path } },
  );
}

async function missingFiles(group: readonly PlacedFile[]): Promise<PlacedFile[]> {
  const missing: PlacedFile[] = [];
  for (const placed of group) if ((await stateOf(placed)) !== 'right') missing.push(placed);
  return missing;
}

/** Before the first file is written, so that a refused pull changed nothing in the workspace. */
async function refuseChanged(
  files: readonly PlacedFile[],
  { cache, config }: Repository,
  jobs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const changed: string[] = [];
  await inParallel(files, jobs, signal, async (placed) => {
    if ((await stateOf(placed)) !== 'changed' || (await isReplaceable(placed, cache))) return;
    changed.push(path.relative(config.root, placed.file));
  });
  if (changed.length > 0) throw workspaceChanged(changed.sort());
}

function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const size of sizes) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
