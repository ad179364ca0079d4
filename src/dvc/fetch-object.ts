/** Fetches an object from a remote: checked while it streams, taken up again where the connection broke. */
import type { FileHandle } from 'node:fs/promises';
import { writeAtomically } from '../datasets/files/atomic-file';
import { reasonOf } from '../datasets/files/errno';
import { AssayError, OperationalError } from '../errors';
import { CACHED_MODE } from './object-cache';
import { createObjectHash, type ObjectHash } from './object-hash';
import { type Layout, type ObjectId, objectName, objectPath } from './object-id';
import type { Remote } from './remotes/remote';
import { corrupt, isNoRoom, writeFailure } from './storage-errors';

/** Connections break; one that breaks so often will do so again. */
const ATTEMPTS = 3;
const RETRY_DELAY_MS = 200;

/**
 * @param onBytes told how many bytes came since the last call; negative where a transfer began anew
 * @returns false where the remote has no such object
 * @throws OperationalError DVC_CORRUPT, DVC_TRANSFER_FAILED, DVC_DISK_FULL, DVC_WRITE_FAILED
 */
export async function fetchObject(
  remote: Remote,
  id: ObjectId,
  target: string,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  // dvc moves remotes from one layout to the other, and .dvc files stay behind.
  const layouts: Layout[] = id.layout === 'dvc3' ? ['dvc3', 'dvc2'] : ['dvc2', 'dvc3'];
  for (const layout of layouts) {
    const path = objectPath(id, layout);
    if (await fetchFrom(remote, path, id, target, onBytes, signal)) return true;
  }
  return false;
}

/** Leaves writing without a trace when there is nothing to write. */
const ABSENT = new Error('the remote has no such object');

async function fetchFrom(
  remote: Remote,
  path: string,
  id: ObjectId,
  target: string,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await writeAtomically(target, async (out) => {
      const part = new Part(out, id.layout, onBytes);
      const found = await attempt(remote, path, signal, () => receive(remote, path, part, signal));
      if (!found) throw ABSENT;
      const md5 = part.digest();
      if (md5 !== id.md5) {
        const what = `${objectName(id)} in ${remote.address}`;
        throw corrupt(what, `the MD5 of its ${part.length} bytes is ${md5}`);
      }
      await out.chmod(CACHED_MODE);
    });
    return true;
  } catch (error) {
    if (error === ABSENT) return false;
    throw writeFailure(target, error, signal);
  }
}

async function receive(
  remote: Remote,
  path: string,
  part: Part,
  signal: AbortSignal,
): Promise<boolean> {
  const body = await remote.read(path, part.length, signal);
  if (body === undefined) return false;
  if (body.startsAt !== part.length) await part.restart();
  for await (const piece of body.pieces) {
    signal.throwIfAborted();
    await part.append(piece);
  }
  if (body.totalBytes !== undefined && part.length < body.totalBytes) {
    throw new Error(`${part.length} of ${body.totalBytes} bytes came`);
  }
  return true;
}

/** Tries again what may pass later; a full disk won't. */
export async function attempt<T>(
  remote: Remote,
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AssayError || isNoRoom(error)) throw error;
      if (tried === ATTEMPTS) throw transferFailed(remote, path, error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * tried));
    }
  }
}

function transferFailed(remote: Remote, path: string, error: unknown): OperationalError {
  return new OperationalError(
    'DVC_TRANSFER_FAILED',
    `${path} could not be transferred (${remote.address}): ${reasonOf(error)}. Run the command again: finished files are kept.`,
    { details: { remote: remote.address, path }, cause: error },
  );
}

/** What has arrived so far. */
class Part {
  length = 0;
  private hash: ObjectHash;

  constructor(
    private readonly out: FileHandle,
    private readonly layout: Layout,
    private readonly onBytes: (count: number) => void,
  ) {
    this.hash = createObjectHash(layout);
  }

  async append(piece: Uint8Array): Promise<void> {
    for (let done = 0; done < piece.length;) {
      const { bytesWritten } = await this.out.write(
        piece,
        done,
        piece.length - done,
        this.length + done,
      );
      done += bytesWritten;
    }
    this.hash.update(piece);
    this.length += piece.length;
    this.onBytes(piece.length);
  }

  async restart(): Promise<void> {
    await this.out.truncate(0);
    this.onBytes(-this.length);
    this.hash = createObjectHash(this.layout);
    this.length = 0;
  }

  digest(): string {
    return this.hash.digest();
  }
}
