/** Starts the server process and says how that went. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors';
import { type ServerAccount } from './account';
import { type Binaries } from './binaries';
import { clusterPath } from './cluster-path';
import { clusterName, type Home } from './home';
import { readPostmasterFile } from './postmaster-pid';
import { CLEAN_ENVIRONMENT, endedBeforeItBegan } from './run-program';
import { serverSettings } from './server-settings';

export type Launch =
  | { outcome: 'ready'; child: ChildProcess }
  /** Another process started one first: wait for that one. */
  | { outcome: 'taken'; log: string }
  /** A port was taken between our look and the server's, a killed server's children still end, a Ctrl-C came: again. */
  | { outcome: 'retry'; log: string; isPortTaken: boolean }
  | { outcome: 'failed'; log: string };

/** The log begins anew, keeping one old file, when a start finds it larger. */
const LOG_LIMIT_BYTES = 1024 * 1024;
const POLL_MS = 15;

/**
 * @param port any free one where none is given
 *
 * Detached, in a session of its own: Ctrl-C in the terminal reaches us and not the server, which would
 * else go before our connections are closed.
 */
export async function launchPostmaster(
  home: Home,
  binaries: Binaries,
  account: ServerAccount,
  deadline: number,
  port?: number,
): Promise<Launch> {
  const args = [
    '-D',
    await clusterPath(home.cluster, account),
    ...serverSettings(port ?? (await freePort()), await clusterName(home)),
  ];
  let log: FileHandle | undefined;
  try {
    log = await openLog(home, account);
    const before = (await log.stat()).size;
    const child = spawn(binaries.postgres, args, {
      ...account,
      cwd: home.cluster,
      env: CLEAN_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const problem = await untilReady(child, home, deadline);
    if (problem === undefined) {
      child.unref();
      return { outcome: 'ready', child };
    }
    const tail = await tailOf(home, before, child.pid);
    if (endedBeforeItBegan(child.signalCode, tail))
      return { outcome: 'retry', log: problem, isPortTaken: false };
    return classify(tail, problem);
  } catch (error) {
    // The log cannot be opened, or the account cannot be taken on.
    return { outcome: 'failed', log: messageOf(error) };
  } finally {
    await log?.close();
  }
}

/** undefined when ready, else what happened to the process. */
async function untilReady(
  child: ChildProcess,
  home: Home,
  deadline: number,
): Promise<string | undefined> {
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `postgres ended with ${signal ?? code ?? '?'}`));
  while (ended === undefined) {
    const file = await readPostmasterFile(home);
    if (file?.pid === child.pid && file?.status === 'ready') return undefined;
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      return 'postgres was not ready in time';
    }
    await sleep(POLL_MS);
  }
  return ended;
}

function classify(log: string, problem: string): Launch {
  if (/lock file "postmaster\.pid" already exists/.test(log)) return { outcome: 'taken', log };
  const isPortTaken = /Address already in use/.test(log);
  if (isPortTaken || /pre-existing shared memory block|"postmaster\.pid" is empty/.test(log)) {
    return { outcome: 'retry', log, isPortTaken };
  }
  return { outcome: 'failed', log: `${log}\n${problem}`.trim() };
}

async function openLog(home: Home, { uid, gid }: ServerAccount): Promise<FileHandle> {
  const size = await stat(home.logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(home.logFile, `${home.logFile}.1`);
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;
  // As root in somebody's folder: a link there must not have us write to, or give away, another file.
  const log = await open(home.logFile, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
  if (uid !== undefined && gid !== undefined) await log.chown(uid, gid);
  return log;
}

/** What this server wrote since its start: its own lines, and those from before it knew its prefix. */
async function tailOf(home: Home, from: number, pid: number | undefined): Promise<string> {
  const file = await open(home.logFile, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - 16_384);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16_384), 0, 16_384, start);
    return buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .filter((line) => !/^\d{4}-\S+ \S+ \S+ \[\d+\] /.test(line) || line.includes(`[${pid ?? 0}]`))
      .slice(-15)
      .join('\n');
  } finally {
    await file.close();
  }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
