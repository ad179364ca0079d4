/** `data push`: stores at the remote what it lacks; a folder's list last, so that it never names a missing file. */
import path from 'node:path';
import { UserError } from '../errors';
import type { TrackedOutput } from './dvc-file';
import { attempt } from './fetch-object';
import { createFinder, type FindObject } from './find-objects';
import { hashFile } from './object-hash';
import { objectName, objectPath } from './object-id';
import { inParallel } from './parallel';
import type { Remote } from './remotes/remote';
import {
  byObject,
  type DataOptions,
  ensureListLocally,
  filesOf,
  type Repository,
  withRepository,
} from './repository';
import { type PlacedFile, stateOf } from './workspace';

export interface PushedOutput {
  path: string;
  files: number;
  /** Objects that the remote lacked; the list of a folder is one. */
  sent: number;
}

/**
 * Takes objects from the cache, or from the workspace where it still has the tracked bytes.
 * @throws UserError DVC_NOT_IN_CACHE before anything is sent, DVC_PUSH_REFUSED; OperationalError
 *   DVC_TRANSFER_FAILED, and what remotes throw
 */
export async function push(options: DataOptions): Promise<PushedOutput[]> {
  const { jobs, signal, onProgress } = options;
  return withRepository(options, async (repository) => {
    const pushed: PushedOutput[] = [];
    let doneBytes = 0;
    for (const output of repository.outputs) {
      const summary = { path: output.path, files: 0, sent: 0 };
      pushed.push(summary);
      const files = await localFiles(repository, output, jobs, signal);
      summary.files = files.length;
      const one = byObject(files).flatMap((group) => group.slice(0, 1));
      const wanted = one.map(({ object }) => objectPath(object));
      let find: FindObject | undefined;
      const send = async ({ object }: PlacedFile, stop: AbortSignal): Promise<void> => {
        const remote = await repository.remoteOf(output);
        find ??= createFinder(remote, wanted);
        const { sent, sizeBytes } = await sendObject(repository, remote, find, object, stop);
        if (sent) summary.sent++;
        doneBytes += sizeBytes;
        onProgress?.(doneBytes, undefined);
      };
      await inParallel(one, jobs, signal, send);
      if (!output.object.isFolder) continue;
      const list = { file: output.path, object: output.object };
      await inParallel([list], 1, signal, send);
    }
    return pushed;
  });
}

/** Sees to it that the cache has all objects of an output. */
async function localFiles(
  repository: Repository,
  output: TrackedOutput,
  jobs: number,
  signal: AbortSignal | undefined,
): Promise<PlacedFile[]> {
  const { cache, config } = repository;
  if (output.object.isFolder && !(await ensureListLocally(repository, output))) {
    throw notInCache(output, [output.path]);
  }
  const files = await filesOf(repository, output);
  const missing: string[] = [];
  await inParallel(byObject(files), jobs, signal, async (group) => {
    for (const placed of group) {
      if (await cache.holds(placed.object)) return;
      if ((await stateOf(placed)) !== 'right') continue;
      await cache.addFile(placed.object, placed.file);
      return;
    }
    missing.push(...group.map(({ file }) => path.relative(config.root, file)));
  });
  if (missing.length > 0) throw notInCache(output, missing.sort());
  return files;
}

async function sendObject(
  { cache }: Repository,
  remote: Remote,
  find: FindObject,
  object: TrackedOutput['object'],
  signal: AbortSignal,
): Promise<{ sent: boolean; sizeBytes: number }> {
  const target = objectPath(object);
  const file = cache.pathOf(object);
  // Of the bytes as they are; an object of DVC 2 is named by those with other line ends.
  const local = { file, ...(await hashFile(file, 'dvc3')) };
  const found = await find(target, signal);
  // Of another size it is half of an object, left by a writer that broke off.
  const isThere = found && (found.sizeBytes ?? local.sizeBytes) === local.sizeBytes;
  if (isThere) return { sent: false, sizeBytes: local.sizeBytes };
  await attempt(remote, target, signal, () => remote.write(target, local, signal));
  return { sent: true, sizeBytes: local.sizeBytes };
}

function notInCache(output: TrackedOutput, files: string[]): UserError {
  return new UserError(
    'DVC_NOT_IN_CACHE',
    `${output.path} (${objectName(output.object)}) can't be pushed: neither the cache nor the workspace has the tracked bytes of ${files.slice(0, 10).join(', ')}. Pull it first, or track what is there now with "dvc commit".`,
    { details: { output: output.path, files } },
  );
}
