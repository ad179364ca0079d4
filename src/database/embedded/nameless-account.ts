/**
 * initdb for a user id that has no entry in the user database, as containers often assign (OpenShift,
 * `docker run --user 12345`): initdb asks for the name of its user, does nothing with it beside a
 * default that we override, and gives up when there is none.
 */
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reachableFolders, type ServerAccount } from './account';
import { type Binaries } from './binaries';
import { INIT_PREFIX, type Home } from './home';
import { type Finished } from './run-program';

/** getpwuid(id) finds the entry of an id; getpwent(), of equal length, gives the first entry there is. */
const ASKED = Buffer.from('\0getpwuid\0');
const ANSWERED = Buffer.from('\0getpwent\0');

/**
 * Runs `run` with a passing copy of initdb (and of the postgres beside it, which initdb calls) in which
 * the imported function's name is the other's. The copies live for this one call; the server itself
 * needs none of it. Preloading a library would need a compiler, a user namespace a permission.
 */
export async function withNamelessAccount(
  binaries: Binaries,
  account: ServerAccount,
  home: Home,
  run: (initdb: string) => Promise<Finished>,
): Promise<Finished> {
  const first = await reachableFolders(account, home).next();
  if (first.done === true) return { ok: false, output: 'no folder that the account can reach' };
  const root = await mkdtemp(join(first.value, `${INIT_PREFIX}programs-`));
  try {
    await mkdir(join(root, 'bin'));
    for (const program of ['initdb', 'postgres']) {
      const copy = join(root, 'bin', program);
      await writeFile(copy, renameImport(await readFile(join(binaries.root, 'bin', program))));
      await chmod(copy, 0o755);
    }
    for (const part of ['lib', 'share']) await symlink(join(binaries.root, part), join(root, part));
    for (const path of [root, join(root, 'bin')]) await chmod(path, 0o755);
    return await run(join(root, 'bin', 'initdb'));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function renameImport(program: Buffer): Buffer {
  const at = program.indexOf(ASKED);
  if (at >= 0) ANSWERED.copy(program, at);
  return program;
}
