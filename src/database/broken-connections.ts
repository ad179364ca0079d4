/**
 * Finds connections that broke without a word: their host or ours was cut off, so nobody said that they end. TCP
 * alone asks again at ever longer pauses, for up to 15 minutes, and for as long the statement and its place in the
 * pool hang. Node does not let us set TCP_USER_TIMEOUT.
 */
import { connect, type Socket } from 'node:net';
import type { ClientBase, Pool } from 'pg';

const LOOK_MS = 1_000;
/** A statement may be silent for long and be well; from then on it is asked whether its server can be reached. */
const SILENT_MS = 3_000;
/** Time for one packet to be lost: the second one is sent after a second. */
const REACH_MS = 3_000;
/** A connection on which nothing is sent is asked by the kernel itself, first after this, then each second. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 5_000 };

interface InUse {
  socket: Socket;
  bytesRead: number;
  heardAt: number;
}

/**
 * Breaks the connections that are in use, silent, and lead to a server that can't be reached: what waits for them
 * fails, and is tried again by those who can. A slow statement on a sound network is left alone, however long it takes.
 */
export function breakUnreachable(pool: Pool): void {
  const inUse = new Map<ClientBase, InUse>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const silent = [...inUse].filter(([, one]) => isSilent(one));
    for (const [address, { host, port }] of serversOf(silent.map(([, one]) => one))) {
      if (await isReachable(host, port)) continue;
      for (const [client, one] of silent) {
        const isStillHeld = inUse.get(client) === one && addressOf(one.socket) === address;
        if (isStillHeld && isSilent(one)) one.socket.destroy();
      }
    }
  };
  const lookLater = (): void => {
    timer ??= setTimeout(() => {
      void look().finally(() => {
        timer = undefined;
        if (inUse.size > 0) lookLater();
      });
    }, LOOK_MS).unref();
  };

  pool.on('acquire', (client) => {
    const socket = socketOf(client);
    inUse.set(client, { socket, bytesRead: socket.bytesRead, heardAt: performance.now() });
    lookLater();
  });
  pool.on('release', (_error, client) => inUse.delete(client));
}

/** The driver's own socket, which its types do not name. Destroyed, it ends the connection without a farewell. */
export function socketOf(client: ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

function isSilent(one: InUse): boolean {
  const { bytesRead } = one.socket;
  if (bytesRead !== one.bytesRead) Object.assign(one, { bytesRead, heardAt: performance.now() });
  return performance.now() - one.heardAt >= SILENT_MS;
}

/** Each server once; one that is no address of a network is left out. */
function serversOf(connections: readonly InUse[]): Map<string, { host: string; port: number }> {
  const servers = new Map<string, { host: string; port: number }>();
  for (const { socket } of connections) {
    const { remoteAddress: host, remotePort: port } = socket;
    if (host !== undefined && port !== undefined) servers.set(addressOf(socket), { host, port });
  }
  return servers;
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''}`;
}

/** Whether its machine takes a connection, which is closed again without a word. */
function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (reached: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const timer = setTimeout(() => {
      // Where this process stood still itself, what came meanwhile is heard first.
      setImmediate(answer, false);
    }, REACH_MS);
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}
