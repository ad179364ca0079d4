/** Reads a checkpoint's files within a budget of bytes, and never from outside its folder. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { OperationalError, UserError } from '../../errors';
import { checkpointInvalid, quoted } from './checkpoint-invalid';

/** Bytes that may still be read for one checkpoint. */
export class ByteBudget {
  private remaining: number;

  constructor(private readonly maxBytes: number) {
    this.remaining = maxBytes;
  }

  /** @throws UserError CHECKPOINT_TOO_LARGE */
  take(bytes: number): void {
    if (bytes > this.remaining) {
      throw new UserError(
        'CHECKPOINT_TOO_LARGE',
        `The checkpoint is larger than the ${this.maxBytes} bytes that are allowed.`,
        { details: { maxBytes: this.maxBytes } },
      );
    }
    this.remaining -= bytes;
  }
}

/**
 * Reads a file that lies in `folder` itself. A symbolic link is followed only where it ends in the folder.
 *
 * @param folder an absolute path without symbolic links
 * @returns its bytes, or undefined where there is no such file
 * @throws UserError CHECKPOINT_INVALID, CHECKPOINT_TOO_LARGE
 */
export async function readFileInside(
  folder: string,
  name: string,
  budget: ByteBudget,
): Promise<Uint8Array | undefined> {
  let target: string;
  try {
    target = await realpath(path.join(folder, name));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(name, error);
  }
  const relative = path.relative(folder, target);
  if (relative === '' || relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) {
    throw checkpointInvalid(
      `the file ${quoted(name)} is a link that leaves the checkpoint's folder; copy the real file there`,
    );
  }
  return readBounded(target, name, budget);
}

/**
 * @param file a path whose last part is no symbolic link
 * @param name what errors call it
 */
export async function readBounded(
  file: string,
  name: string,
  budget: ByteBudget,
): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a named pipe waits for a writer for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw checkpointInvalid(`${quoted(name)} is not a regular file`);
    budget.take(stats.size);
    const bytes = new Uint8Array(stats.size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled < bytes.length) {
      throw checkpointInvalid(`the file ${quoted(name)} became shorter while it was read`);
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Whether a file system error says that the path leads nowhere. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code);
}

/** The system's own message holds the whole path, so only its code is told. */
export function unreadable(name: string, error: unknown): OperationalError {
  return new OperationalError(
    'CHECKPOINT_UNREADABLE',
    `The checkpoint file ${quoted(name)} can't be read (${codeOf(error)}): ` +
      'check its permissions and the disk.',
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
