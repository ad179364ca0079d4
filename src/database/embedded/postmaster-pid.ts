/** Reads postmaster.pid, the file by which a running server says where it listens, and judges it. */
import { link, readFile, rename, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { clusterName, type Home } from './home';
import { isNodeError } from './node-error';

export interface PostmasterFile {
  pid: number;
  port: number;
  /** "starting", "stopping", "ready" or "standby"; empty while the file is being written. */
  status: string;
  text: string;
}

/** Lines: pid, data directory, start time, port, socket folder, address, shared memory, status. */
export async function readPostmasterFile(home: Home): Promise<PostmasterFile | undefined> {
  try {
    const text = await readFile(pathOf(home), 'utf8');
    const lines = text.split('\n');
    return {
      pid: Number.parseInt(lines[0] ?? '', 10),
      port: Number.parseInt(lines[3] ?? '', 10),
      status: (lines[7] ?? '').trim(),
      text,
    };
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** `obstacle`: no server of ours, yet PostgreSQL would take it for one and refuse to start. */
export type Verdict = 'running' | 'dead' | 'obstacle';

/**
 * Whether the named process is this cluster's server. After a kill -9 the file stays, and its number may
 * belong to a process that nobody reaped, or by now to a stranger.
 */
export async function judge(home: Home, { pid, text }: PostmasterFile): Promise<Verdict> {
  if (text.trim() === '') return 'obstacle';
  // 0 and negative numbers mean process groups to kill().
  if (!(pid > 0) || !exists(pid)) return 'dead';
  if (process.platform !== 'linux') return 'running';
  const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    (line) => line.split('\0'),
    () => undefined,
  );
  if (args === undefined) return exists(pid) ? 'running' : 'dead'; // hidden from us, or just gone
  if (basename(args[0] ?? '') !== 'postgres') return exists(pid) ? 'obstacle' : 'dead';
  const name = args.find((arg) => arg.startsWith('--cluster_name='));
  const ours = name === undefined || name === `--cluster_name=${await clusterName(home)}`;
  return ours ? 'running' : 'obstacle';
}

/**
 * Takes a file judged an obstacle out of the way. By rename, then a look at what was taken: if a server wrote a
 * new one meanwhile, that goes back. Should both miss, PostgreSQL's lock on its shared memory, which is
 * keyed by the data directory, still refuses a second server.
 */
export async function discardPostmasterFile(home: Home, judged: PostmasterFile): Promise<void> {
  const path = pathOf(home);
  const aside = `${path}.${process.pid}.stale`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== judged.text) await link(aside, path);
    await unlink(aside);
  } catch (error) {
    if (!isNodeError(error, 'ENOENT', 'EEXIST')) throw error;
  }
}

function pathOf(home: Home): string {
  return join(home.cluster, 'postmaster.pid');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isNodeError(error, 'ESRCH');
  }
}
