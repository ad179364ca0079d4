/** Looks many objects up: by the list of a folder where several of it are wanted, else one by one. */
import path from 'node:path';
import { attempt } from './fetch-object';
import type { Remote, RemoteObject } from './remotes/remote';

/** From so many of a folder on, one page of a list costs less than asking for each. */
const LISTED_FROM = 4;
/** A folder may hold far more than is wanted: no more pages are read than single questions were saved. */
const PAGE_KEYS = 1000;

export type FindObject = (file: string, signal: AbortSignal) => Promise<RemoteObject | undefined>;

interface Folder {
  found: Map<string, RemoteObject>;
  /** What is not in `found` is not there. */
  isWhole: boolean;
}

/** @param wanted all objects that will be asked for */
export function createFinder(remote: Remote, wanted: readonly string[]): FindObject {
  const counts = new Map<string, number>();
  for (const file of wanted) {
    const folder = path.posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const lists = new Map<string, Promise<Folder>>();
  const findOne: FindObject = (file, signal) =>
    attempt(remote, file, signal, () => remote.find(file, signal));

  return async (file, signal) => {
    const folder = path.posix.dirname(file);
    const count = counts.get(folder) ?? 0;
    if (remote.list === undefined || count < LISTED_FROM) return findOne(file, signal);
    const list =
      lists.get(folder) ??
      attempt(remote, folder, signal, () => readList(remote, folder, count * PAGE_KEYS, signal));
    lists.set(folder, list);
    const { found, isWhole } = await list;
    return found.get(file) ?? (isWhole ? undefined : findOne(file, signal));
  };
}

async function readList(
  remote: Remote,
  folder: string,
  limit: number,
  signal: AbortSignal,
): Promise<Folder> {
  const found = new Map<string, RemoteObject>();
  let count = 0;
  for await (const { path: file, sizeBytes } of remote.list?.(folder, signal) ?? []) {
    if (++count > limit) return { found, isWhole: false };
    found.set(file, { sizeBytes });
  }
  return { found, isWhole: true };
}
