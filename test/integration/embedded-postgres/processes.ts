/** Runs holders as processes of their own, so that tests can kill them, run them as other users, elsewhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedPostgresConnection } from '../../../src/database/embedded/embedded-postgres';

export const REPOSITORY = join(__dirname, '..', '..', '..');

export interface Answer {
  adopted?: boolean;
  connection?: EmbeddedPostgresConnection;
  startedInMs?: number;
  /** Of the error, where the start was refused. */
  code?: string;
  message?: string;
}

export interface Holder {
  child: ChildProcess;
  answer: Answer;
  /** Tells it to leave the server, or just to end; gives its exit code. */
  stop(): Promise<number | null>;
  forget(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface HolderOptions {
  uid?: number;
  gid?: number;
  /** A compiled holder; this repository's own when not given. */
  script?: string;
}

const running = new Set<ChildProcess>();

export async function startHolder(dataDir: string, options: HolderOptions = {}): Promise<Holder> {
  const { script, ...identity } = options;
  const program =
    script === undefined ? ['-r', '@swc-node/register', join(__dirname, 'holder.ts')] : [script];
  // A bare environment, without HOME: as a container gives it to a user without a name.
  const child = spawn(process.execPath, [...program, dataDir], {
    ...identity,
    cwd: script === undefined ? REPOSITORY : '/',
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string),
    exited.then(() => undefined),
  ]);
  if (line === undefined) throw new Error(`the holder ended without an answer: ${complaints}`);
  return {
    child,
    answer: JSON.parse(line) as Answer,
    async stop() {
      child.stdin.end('stop\n');
      return exited;
    },
    async forget() {
      child.stdin.end('forget\n');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** For afterEach: nothing that a failed test left behind goes on. */
export async function killHolders(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  while (running.size > 0) await sleep(5);
}

export async function postmasterPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

/** The server and every process of its own, to kill them all at one blow. */
export async function serverPids(postmaster: number): Promise<number[]> {
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  // Without the nothing of an empty list: 0 would mean our own process group.
  return [postmaster, ...children.split(' ').map(Number)].filter((pid) => pid > 0);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function query<Row>(
  connection: EmbeddedPostgresConnection | undefined,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  if (connection === undefined) throw new Error('the holder has no server');
  const client = new Client(connection);
  client.on('error', () => undefined); // the query itself fails too
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not come to pass in 20 s');
    await sleep(20);
  }
}
