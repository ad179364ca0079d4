/** A project with DVC's files, written out by hand as dvc 3 (or 2) writes them, not by the code under test. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../../support/temporary-folder';

export type Files = Record<string, string | Buffer>;

export const md5Of = (bytes: string | Buffer): string =>
  createHash('md5').update(bytes).digest('hex');

export interface Tracked {
  /** What a remote holds: object path to bytes. */
  objects: Map<string, Buffer>;
  /** Object path of a file's bytes, by the file's name. */
  objectOf: Record<string, string>;
  listPath: string;
}

const objectPath = (md5: string, prefix: string, suffix = ''): string =>
  `${prefix}${md5.slice(0, 2)}/${md5.slice(2)}${suffix}`;

/** A folder's objects and its list, for names that need no escapes and are given in order. */
export function trackedFolder(files: Files, layout: 'dvc3' | 'dvc2' = 'dvc3'): Tracked {
  const prefix = layout === 'dvc3' ? 'files/md5/' : '';
  const objects = new Map<string, Buffer>();
  const objectOf: Record<string, string> = {};
  const items = Object.entries(files).map(([relpath, bytes]) => {
    const md5 = md5Of(bytes);
    objectOf[relpath] = objectPath(md5, prefix);
    objects.set(objectPath(md5, prefix), Buffer.from(bytes));
    return `{"md5": "${md5}", "relpath": "${relpath}"}`;
  });
  const list = `[${items.join(', ')}]`;
  const listPath = objectPath(md5Of(list), prefix, '.dir');
  objects.set(listPath, Buffer.from(list));
  return { objects, objectOf, listPath };
}

export function listMd5({ listPath }: Tracked): string {
  return listPath
    .replace(/^files\/md5\//, '')
    .replace('/', '')
    .replace('.dir', '');
}

export async function writeFiles(folder: string, files: Iterable<[string, string | Buffer]>) {
  for (const [name, bytes] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

/** A project whose default remote has this url, and that tracks nothing yet. */
export async function makeProject(url: string, options: readonly string[] = []): Promise<string> {
  const root = await temporaryFolder();
  const config = [
    '[core]',
    '    remote = origin',
    `['remote "origin"']`,
    `    url = ${url}`,
    ...options.map((option) => `    ${option}`),
  ];
  await writeFiles(root, [['.dvc/config', `${config.join('\n')}\n`]]);
  return root;
}

/** Tracks `data/set` by the list of a folder. */
export async function trackFolder(
  root: string,
  tracked: Tracked,
  layout: 'dvc3' | 'dvc2' = 'dvc3',
): Promise<void> {
  const lines = [
    'outs:',
    `- md5: ${listMd5(tracked)}.dir`,
    ...(layout === 'dvc3' ? ['  hash: md5'] : []),
    '  path: set',
  ];
  await writeFiles(root, [['data/set.dvc', `${lines.join('\n')}\n`]]);
}

/** All files under a folder, by relative path; {} where there is none. */
export async function filesUnder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found[path.relative(folder, file)] = md5Of(await readFile(file));
  }
  return found;
}

/** A remote's folder, filled. */
export async function makeFolderRemote({ objects }: Tracked): Promise<string> {
  const folder = await temporaryFolder();
  await writeFiles(folder, objects);
  return folder;
}

export async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it did not fail');
}
