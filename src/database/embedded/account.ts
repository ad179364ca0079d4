/** Under which account the server runs, and which folders that account can reach. */
import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isNodeError } from './node-error';
import { type Home } from './home';

/** Spread into spawn's options. Empty: the server runs as whoever started this process. */
export interface ServerAccount {
  uid?: number;
  gid?: number;
}

/** "nobody": PostgreSQL refuses to run as root, and this id is there (or at least free) everywhere. */
const NOBODY = 65534;

/**
 * As root: the owner of an existing cluster, so that a folder made by an ordinary user stays that
 * user's; for a new one 65534. As anybody else: that user.
 */
export async function chooseAccount(home: Home): Promise<ServerAccount> {
  if (process.geteuid?.() !== 0) return {};
  try {
    const { uid, gid } = await stat(home.cluster);
    if (uid !== 0) return { uid, gid };
  } catch (error) {
    if (!isNodeError(error, 'ENOENT')) throw error;
  }
  return { uid: NOBODY, gid: NOBODY };
}

/**
 * Whether the account may enter every folder down to and including this one. Reads mode bits only:
 * where an access list allows more, the answer "no" costs a copy and nothing else.
 */
export async function canEnter(account: ServerAccount, folder: string): Promise<boolean> {
  if (account.uid === undefined) return true;
  for (let current = folder; ; current = dirname(current)) {
    const { mode, uid, gid } = await stat(current);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

/**
 * Folders, best first, that we can write and the account can read: for copies of the binaries.
 * The system's cache folder outlives a reboot; the temporary folder is for read-only systems. Each is
 * made when it is asked for.
 */
export async function* reachableFolders(
  account: ServerAccount,
  home: Home,
): AsyncGenerator<string> {
  if (await canEnter(account, home.dataDir)) yield home.dataDir;
  if (account.uid === undefined) return;
  for (const parent of ['/var/cache', '/var/tmp', tmpdir()]) {
    const folder = join(parent, 'assay');
    if (await makeTrusted(folder)) yield folder;
  }
}

/** Someone else could have made the name first in a public folder, to have us run programs of theirs. */
async function makeTrusted(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o755 });
    await chmod(folder, 0o755); // whatever the umask says
  } catch (error) {
    if (!isNodeError(error, 'EEXIST')) return false;
  }
  const found = await lstat(folder).catch(() => undefined);
  return (
    found?.isDirectory() === true &&
    found.uid === process.geteuid?.() &&
    (found.mode & 0o022) === 0 &&
    (found.mode & 0o005) === 0o005
  );
}
