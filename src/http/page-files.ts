/** The built page: which files there are, what they are, and their bytes. Nothing else can be read through it. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};
const GZIP = '.gz';
/** Vite puts a hash of the content into these names, so what they name never changes. */
const HASHED = /-[\w-]{8}\.\w+$/;

export interface PageFile {
  type: string;
  isImmutable: boolean;
  /** Whether there is a compressed copy beside it. */
  isCompressed: boolean;
  read: (compressed: boolean) => Promise<Buffer>;
}

export interface PageFiles {
  /** @param name such as index.html or assets/index-Dx81kq0a.js */
  get: (name: string) => PageFile | undefined;
}

/** Looks into the folder once. Where it is missing the page has not been built, and there are no files. */
export async function findPageFiles(folder: string): Promise<PageFiles> {
  const names = new Set([
    ...(await namesIn(folder)),
    ...(await namesIn(path.join(folder, 'assets'))).map((name) => `assets/${name}`),
  ]);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    files.set(name, {
      type,
      isImmutable: HASHED.test(name),
      isCompressed: names.has(name + GZIP),
      read: (compressed) => readFile(path.join(folder, compressed ? name + GZIP : name)),
    });
  }
  return { get: (name) => files.get(name) };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
