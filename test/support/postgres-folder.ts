/** The folder of a jest run's embedded PostgreSQL: made, found again after a killed run, removed. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NAME = /^assay-test-(\d+)-\w+$/;

export async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), `assay-test-${process.pid}-`));
}

/** Runs that were killed left their folder, and perhaps a server, behind; their number is in the name. */
export async function sweepFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) await removeFolder(join(tmpdir(), name));
  }
}

/**
 * Stops the server where a test left it running, here or one folder below. The data goes, so an immediate
 * stop will do.
 */
export async function removeFolder(folder: string): Promise<void> {
  const inside = await readdir(folder).catch(() => []);
  for (const name of ['.', ...inside]) await stopServer(join(folder, name));
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function stopServer(folder: string): Promise<void> {
  const file = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(file, 10);
  if (!(pid > 0) || !(await isPostgres(pid))) return;
  process.kill(pid, 'SIGQUIT');
  const end = Date.now() + 5_000;
  while (Date.now() < end && (await isPostgres(pid))) await sleep(20);
}

async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes('--cluster_name=assay-');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: another user's process, not ours to clean up after.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
