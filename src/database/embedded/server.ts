/** Brings the server of a folder up, or finds it up, and takes it down. */
import { type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from 'pg';
import { OperationalError } from '../../errors';
import { type ServerAccount } from './account';
import { type Binaries } from './binaries';
import { type Home } from './home';
import { giveBack, takeLease } from './lease';
import { isNodeError } from './node-error';
import { launchPostmaster } from './postmaster';
import { discardPostmasterFile, judge, readPostmasterFile } from './postmaster-pid';

export interface RunningServer {
  port: number;
  pid: number;
  lease: Client;
  /** Absent when another process started the server. */
  child?: ChildProcess;
}

/** Recovery after a crash reads at most max_wal_size (256 MB): seconds. The rest is for slow machines. */
const START_TIMEOUT_MS = 120_000;
/** After this a clean end is given up for an immediate one, which the next start recovers from. */
const STOP_TIMEOUT_MS = 30_000;
/** How long a postmaster.pid may stand empty before it is the remnant of a crash, not a start. */
const EMPTY_FILE_MS = 2_000;
const POLL_MS = 30;

/**
 * The lock between processes is PostgreSQL's own: of several that start a server on one folder all but
 * one end at once, and theirs wait here for the winner's.
 * @param port where it is to listen if it must be started and the port is free
 * @throws OperationalError EMBEDDED_POSTGRES_START_FAILED with the end of the server's log
 */
export async function bringUp(
  home: Home,
  binaries: Binaries,
  account: ServerAccount,
  port?: number,
): Promise<RunningServer> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let emptySince: number | undefined;
  let child: ChildProcess | undefined;
  let lastLog = '';
  let wantedPort = port;
  while (Date.now() < deadline) {
    const file = await readPostmasterFile(home);
    const verdict = file === undefined ? 'dead' : await judge(home, file);
    if (file !== undefined && verdict === 'running') {
      const lease = file.status === 'ready' ? await takeLease(home, file.port) : undefined;
      if (lease !== undefined) {
        const ours = child?.pid === file.pid ? { child } : {};
        return { port: file.port, pid: file.pid, lease, ...ours };
      }
      await sleep(POLL_MS);
      continue;
    }
    if (file !== undefined && verdict === 'obstacle') {
      emptySince ??= Date.now();
      if (file.text.trim() === '' && Date.now() - emptySince < EMPTY_FILE_MS) {
        await sleep(POLL_MS);
        continue;
      }
      await discardPostmasterFile(home, file);
    }
    const launch = await launchPostmaster(home, binaries, account, deadline, wantedPort);
    if (launch.outcome === 'failed') throw startFailed(home, launch.log);
    if (launch.outcome === 'ready') child = launch.child;
    else {
      lastLog = launch.log;
      if (launch.outcome === 'retry' && launch.isPortTaken) wantedPort = undefined;
      await sleep(POLL_MS);
    }
  }
  throw startFailed(home, `${lastLog}\nIt was not ready in time.`.trim());
}

/**
 * Gives the lease back, and stops the server when nobody else is connected.
 * @returns how many other connections keep it running; 0 when it is stopped
 */
export async function leaveServer(home: Home, server: RunningServer): Promise<number> {
  const stop = () => takeDown(home, server);
  const others = await giveBack(server.lease, stop);
  if (others !== undefined) return others;
  // The lease was lost. After the crash of one of its processes the server goes on, without us.
  while (await isUp(home, server.pid)) {
    const lease = await takeLease(home, server.port);
    const stillOthers = lease === undefined ? undefined : await giveBack(lease, stop);
    if (stillOthers !== undefined) return stillOthers;
    await sleep(POLL_MS);
  }
  return 0;
}

/** Stops the server the orderly way and returns when it is gone, its lock file with it. */
async function takeDown(home: Home, server: RunningServer): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  signal(server.pid, 'SIGINT');
  while (await isUp(home, server.pid)) {
    if (Date.now() > deadline) {
      signal(server.pid, 'SIGQUIT');
      return;
    }
    await sleep(POLL_MS);
  }
  await reaped(server.child);
}

async function isUp(home: Home, pid: number): Promise<boolean> {
  const file = await readPostmasterFile(home);
  return file?.pid === pid && (await judge(home, file)) === 'running';
}

/** The lock file goes a moment before the process does. */
async function reaped(child: ChildProcess | undefined): Promise<void> {
  const end = Date.now() + 2_000;
  while (child?.exitCode === null && child.signalCode === null && Date.now() < end) await sleep(5);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isNodeError(error, 'ESRCH')) throw error;
  }
}

function startFailed(home: Home, log: string): OperationalError {
  return new OperationalError(
    'EMBEDDED_POSTGRES_START_FAILED',
    `The embedded PostgreSQL in ${home.dataDir} did not start. Its log, ${home.logFile}, ends with:\n${log}`,
    { details: { logFile: home.logFile } },
  );
}
