/** A real sshd on loopback, with keys, users and an agent of its own, and a line to it that can be cut. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { RemoteEnvironment } from '../../../src/dvc/remotes/environment';
import { temporaryFolder } from '../../support/temporary-folder';

const SSHD = '/usr/sbin/sshd';

/** Why tests that need sshd skip themselves; '' where it is there. */
export const sshdMissing = existsSync(SSHD) ? '' : ' (skipped: no sshd; install openssh-server)';
export const isRoot = process.getuid?.() === 0;

export interface SshServer {
  port: number;
  /** Its folder of keys. */
  folder: string;
  user: string;
  /** A private key that opens the account. */
  key: string;
  /** Lines for known_hosts, under the given port. */
  hostKeys(port?: number): Promise<string>;
}

const running: ChildProcess[] = [];
const lines: { close: () => void }[] = [];

/** @param settings lines of sshd_config that go before the usual ones */
export async function startSshd(
  settings: readonly string[] = [],
  hostKeyTypes: readonly string[] = ['ed25519'],
): Promise<SshServer> {
  const folder = await temporaryFolder();
  // The account of a password's test is another one.
  await chmod(folder, 0o755);
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const files = hostKeyTypes.map((type) => makeKey(folder, `host_${type}`, type));
  const key = makeKey(folder, 'client', 'ed25519');
  await writeFile(path.join(folder, 'authorized_keys'), await readFile(`${key}.pub`));
  const port = await freePort();
  const config = [
    ...settings,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...files.map((file) => `HostKey ${file}`),
    'PidFile none',
    'StrictModes no',
    'PermitRootLogin yes',
    `AuthorizedKeysFile ${path.join(folder, 'authorized_keys')}`,
    'Subsystem sftp internal-sftp',
    'UsePAM no',
  ];
  await writeFile(path.join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const sshd = spawn(SSHD, ['-D', '-e', '-f', path.join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(sshd);
  await listening(sshd);
  return {
    port,
    folder,
    user: userInfo().username,
    key,
    hostKeys: async (at = port) => {
      const keys = await Promise.all(files.map((file) => readFile(`${file}.pub`, 'utf8')));
      return keys.map((text) => `[127.0.0.1]:${at} ${text}`).join('');
    },
  };
}

/** A line to the server that is cut after so many bytes in one direction, as often as asked. */
export async function cuttingLine(
  server: SshServer,
  cut: { afterBytes: number; from: 'server' | 'client'; times: number },
): Promise<{ port: number; connections: number; clientBytes: number }> {
  const state = { port: 0, connections: 0, clientBytes: 0 };
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    state.connections++;
    let left = state.connections <= cut.times ? cut.afterBytes : Infinity;
    const far = connect(server.port, '127.0.0.1');
    const both = [client, far];
    const end = (): void => {
      for (const socket of both) socket.destroy();
    };
    const pump = (from: Socket, to: Socket, counts: boolean): void => {
      from.on('data', (piece: Buffer) => {
        if (from === client) state.clientBytes += piece.length;
        if (counts) left -= piece.length;
        if (left < 0) end();
        else if (!to.write(piece)) from.pause();
      });
      to.on('drain', () => from.resume());
    };
    pump(client, far, cut.from === 'client');
    pump(far, client, cut.from === 'server');
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  state.port = (proxy.address() as AddressInfo).port;
  lines.push({
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  return state;
}

/** An agent that holds a key. @returns its socket */
export async function startAgent(key: string): Promise<string> {
  const socket = path.join(await temporaryFolder(), 'agent');
  running.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
  for (let tries = 0; !existsSync(socket) && tries < 200; tries++) await pause(50);
  execFileSync('ssh-add', ['-q', key], {
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    stdio: 'ignore',
  });
  return socket;
}

/** A home folder that knows a server, and nobody to ask. */
export async function homeWith(
  knownHosts: string,
  more: Partial<RemoteEnvironment> = {},
): Promise<RemoteEnvironment> {
  const home = await temporaryFolder();
  await mkdir(path.join(home, '.ssh'));
  await writeFile(path.join(home, '.ssh/known_hosts'), knownHosts);
  return { home, variables: {}, askHidden: () => Promise.resolve(undefined), ...more };
}

/** @returns the file's path; `.pub` has the public half */
export function makeKey(folder: string, name: string, type: string, passphrase = ''): string {
  const file = path.join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', file]);
  return file;
}

export async function stopSsh(): Promise<void> {
  for (const line of lines.splice(0)) line.close();
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }
}

async function listening(sshd: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    sshd.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (said.includes('Server listening')) resolve();
    });
    sshd.on('exit', () => {
      reject(new Error(`sshd did not start: ${said}`));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
