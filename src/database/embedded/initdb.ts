/** Makes a new cluster: in a work folder beside its place, then by one rename, so that it is whole or not there. */
import { randomBytes } from 'node:crypto';
import { lchown, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../../errors';
import { type ServerAccount } from './account';
import { type Binaries } from './binaries';
import { clusterPath } from './cluster-path';
import { INIT_PREFIX, type Home } from './home';
import { withNamelessAccount } from './nameless-account';
import { isNodeError } from './node-error';
import { runProgram, type Finished } from './run-program';

export const SUPERUSER = 'assay';

/** initdb takes a second; what is this old was left by a process that was killed in the middle. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Durable when it returns: initdb syncs each of its files, we sync the password and the rename. That is
 * 0.4 s of 0.7 s on a quiet disk; --no-sync could lose the whole cluster in a power cut, and
 * --sync-method=syncfs also waits for whatever else is unwritten, such as a fresh node_modules.
 * When two processes do this at once the first rename wins and the other's work is thrown away.
 * @throws OperationalError EMBEDDED_POSTGRES_INIT_FAILED with the end of initdb's output
 */
export async function createCluster(
  home: Home,
  binaries: Binaries,
  account: ServerAccount,
): Promise<void> {
  await removeAbandoned(home);
  const work = await mkdtemp(join(home.dataDir, INIT_PREFIX));
  const secret = `${work}.password`;
  try {
    await give(work, account);
    await writeSecret(secret, randomBytes(24).toString('base64url'), account);
    const result = await runInitdb(work, secret, home, binaries, account);
    if (!result.ok) throw initFailed(home, result.output);
    await rename(secret, join(work, 'assay-password'));
    await syncFolder(work);
    await rename(work, home.cluster);
    await syncFolder(home.dataDir);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    await rm(secret, { force: true });
    if (isNodeError(error, 'ENOTEMPTY', 'EEXIST')) return;
    throw isNodeError(error) && !(error instanceof OperationalError)
      ? initFailed(home, error.message)
      : error;
  }
}

async function runInitdb(
  work: string,
  secret: string,
  home: Home,
  binaries: Binaries,
  account: ServerAccount,
): Promise<Finished> {
  const run = async (program: string): Promise<Finished> => {
    // By descriptor: the account may be unable to reach the file by its path.
    const stdin = await open(secret, 'r');
    try {
      const args = [
        `--pgdata=${await clusterPath(work, account)}`,
        `--username=${SUPERUSER}`,
        '--pwfile=/dev/stdin',
        '--auth=scram-sha-256',
        '--locale=C',
        '--encoding=UTF8',
        '--wal-segsize=1',
      ];
      return await runProgram(program, args, { ...account, cwd: work, stdin: stdin.fd });
    } finally {
      await stdin.close();
    }
  };
  const result = await run(binaries.initdb);
  if (result.ok || !result.output.includes('could not look up effective user ID')) return result;
  return withNamelessAccount(binaries, account, home, run);
}

async function writeSecret(file: string, secret: string, account: ServerAccount): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await give(file, account);
}

/** Follows no link that the folder's owner could put in the place of what we made. */
async function give(path: string, { uid, gid }: ServerAccount): Promise<void> {
  if (uid !== undefined && gid !== undefined) await lchown(path, uid, gid);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeAbandoned(home: Home): Promise<void> {
  for (const name of await readdir(home.dataDir)) {
    if (!name.startsWith(INIT_PREFIX)) continue;
    const path = join(home.dataDir, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < ABANDONED_AFTER_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

function initFailed(home: Home, output: string): OperationalError {
  return new OperationalError(
    'EMBEDDED_POSTGRES_INIT_FAILED',
    `A new database could not be made in ${home.dataDir}; is the disk full or read-only? ` +
      `The last lines:\n${output.trim().split('\n').slice(-8).join('\n')}`,
    { details: { folder: home.dataDir } },
  );
}
