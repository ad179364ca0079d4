/** Private copies of PostgreSQL's programs, for accounts that cannot use the installed ones. */
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError } from './node-error';
import { RUNTIME_PREFIX } from './home';

/**
 * Copies bin, lib and share into `folder`, once for each version of the package; later calls find it.
 * The copy appears by a rename, so it is whole or not there. 60 MB, 0.1 s.
 * @returns the folder of the copy
 */
export async function copyRuntime(installed: string, folder: string): Promise<string> {
  const home = join(folder, `${RUNTIME_PREFIX}${await versionOf(installed)}`);
  const target = join(home, 'native');
  if (await exists(target)) return target;
  const work = await mkdtemp(join(folder, `${RUNTIME_PREFIX}new-`));
  try {
    await cp(installed, join(work, 'native'), { recursive: true, verbatimSymlinks: true });
    await openToAll(work);
    await rename(work, home);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    // Another process was quicker: its copy is as good.
    if (!isNodeError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return target;
}

async function versionOf(installed: string): Promise<string> {
  const text = await readFile(join(installed, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version.replace(/[^\w.-]/g, '_');
}

/** An installation under umask 077 is closed to everybody else, and cp keeps that. */
async function openToAll(path: string): Promise<void> {
  await chmod(path, 0o755);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await openToAll(child);
    else if (entry.isFile()) await chmod(child, (await stat(child)).mode & 0o100 ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
