/** `data status`: how workspace, cache and, where asked, the remote stand to what the .dvc files track. */
import path from 'node:path';
import type { TrackedOutput } from './dvc-file';
import { createFinder, type FindObject } from './find-objects';
import { formatManifest } from './manifest';
import { objectName, objectPath } from './object-id';
import { inParallel } from './parallel';
import { byObject, type DataOptions, filesOf, type Repository, withRepository } from './repository';
import { entriesOf, objectAt, type PlacedFile } from './workspace';

export interface StatusOptions extends DataOptions {
  /** Asks the remote too. */
  cloud?: boolean;
}

/** How many of an output's objects are there; the list of a folder is one. */
export interface Share {
  present: number;
  /** Undefined where the list of a folder's files is not at hand. */
  total: number | undefined;
}

export interface OutputStatus {
  path: string;
  dvcFile: string;
  /** As the .dvc file writes it. */
  md5: string;
  sizeBytes: number | undefined;
  fileCount: number | undefined;
  workspace: 'unchanged' | 'changed' | 'missing';
  /** Files by relative path; empty for a single file and where the list is not at hand. */
  changes: { added: string[]; modified: string[]; deleted: string[] };
  cache: Share;
  remote?: Share;
}

export async function status(options: StatusOptions): Promise<OutputStatus[]> {
  return withRepository(options, async (repository) => {
    const found: OutputStatus[] = [];
    for (const output of repository.outputs) {
      found.push(await statusOf(repository, output, options));
    }
    return found;
  });
}

async function statusOf(
  repository: Repository,
  output: TrackedOutput,
  options: StatusOptions,
): Promise<OutputStatus> {
  const { cache, config, remoteOf } = repository;
  const { object } = output;
  const hasList = !object.isFolder || (await cache.holds(object));
  const files = hasList ? await filesOf(repository, output) : undefined;
  const ids = byObject(files ?? []).flatMap(([first]) => (first ? [first.object] : []));
  if (object.isFolder) ids.push(object);
  const share = async (has: (id: PlacedFile['object'], stop: AbortSignal) => Promise<boolean>) => {
    let present = 0;
    await inParallel(ids, options.jobs, options.signal, async (id, stop) => {
      if (await has(id, stop)) present++;
    });
    return { present, total: files && ids.length };
  };
  const base = path.join(config.root, output.path);
  const wanted = ids.map((id) => objectPath(id));
  let find: FindObject | undefined;
  return {
    path: output.path,
    dvcFile: output.dvcFile,
    md5: objectName(object),
    sizeBytes: output.sizeBytes,
    fileCount: output.fileCount,
    ...(object.isFolder
      ? await folderState(base, output, files)
      : { workspace: await fileState(base, output), changes: noChanges() }),
    cache: await share((id) => cache.holds(id)),
    ...(options.cloud && {
      remote: await share(async (id, stop) => {
        find ??= createFinder(await remoteOf(output), wanted);
        return (await find(objectPath(id), stop)) !== undefined;
      }),
    }),
  };
}

async function fileState(
  file: string,
  { object }: TrackedOutput,
): Promise<OutputStatus['workspace']> {
  const found = await objectAt(file, object.layout);
  if (found === undefined) return 'missing';
  return found.md5 === object.md5 ? 'unchanged' : 'changed';
}

async function folderState(
  folder: string,
  { object }: TrackedOutput,
  files: readonly PlacedFile[] | undefined,
): Promise<Pick<OutputStatus, 'workspace' | 'changes'>> {
  const changes = noChanges();
  const entries = await entriesOf(folder, object.layout);
  if (entries === undefined) return { workspace: 'missing', changes };
  const isSame = formatManifest(entries, object.layout).id.md5 === object.md5;
  if (isSame) return { workspace: 'unchanged', changes };
  if (files === undefined) return { workspace: 'changed', changes };
  const there = new Map(entries.map(({ relpath, object: { md5 } }) => [relpath, md5]));
  for (const { file, object: tracked } of files) {
    const relpath = path.relative(folder, file);
    const md5 = there.get(relpath);
    if (md5 === undefined) changes.deleted.push(relpath);
    else if (md5 !== tracked.md5) changes.modified.push(relpath);
    there.delete(relpath);
  }
  changes.added.push(...there.keys());
  for (const names of Object.values(changes)) names.sort();
  return { workspace: 'changed', changes };
}

function noChanges(): OutputStatus['changes'] {
  return { added: [], modified: [], deleted: [] };
}
