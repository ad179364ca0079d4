/** Secret files: read whole up to a bound, and written whole or not at all, for their owner alone. */
import { randomUUID } from 'node:crypto';
import { link, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { OperationalError, UserError } from '../errors';

const OWNER_ONLY = 0o600;

/**
 * Bounded whatever the file claims to be: a device or a pipe has no size to check beforehand.
 * @throws OperationalError CREDENTIALS_UNREADABLE
 */
export async function readSmallFile(
  file: string,
  maxBytes: number,
): Promise<Buffer | 'missing' | 'too large'> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length > maxBytes ? 'too large' : buffer.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'missing';
    throw new OperationalError(
      'CREDENTIALS_UNREADABLE',
      `${file} could not be read (${codeOf(error)}). Check its owner and mode.`,
      { details: { file }, cause: error },
    );
  }
}

/**
 * Writes with mode 0600; who reads meanwhile, and a machine that loses its power, find the old file or the
 * new one. A link is followed, and root leaves the file to its owner.
 * @param replacing the content that is meant to be replaced; `nothing` keeps a file that is there
 * @throws UserError CREDENTIALS_EXIST, CREDENTIALS_CHANGED; OperationalError CREDENTIALS_UNWRITABLE
 */
export async function writeSecretFile(
  file: string,
  content: string,
  replacing: Buffer | 'anything' | 'nothing',
): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`);
  try {
    await writeNew(beside, content, target);
    if (replacing === 'nothing') {
      // Unlike a rename, a link never takes the place of a file that somebody made since we looked.
      await link(beside, target);
    } else {
      if (replacing !== 'anything') await refuseChanged(target, replacing);
      await rename(beside, target);
    }
    await syncFolder(path.dirname(target));
  } catch (error) {
    throw writeError(file, error);
  } finally {
    await rm(beside, { force: true });
  }
}

async function writeNew(file: string, content: string, target: string): Promise<void> {
  const handle = await open(file, 'wx', OWNER_ONLY);
  try {
    const old = await stat(target).catch(() => undefined);
    if (old && process.getuid?.() === 0) await handle.chown(old.uid, old.gid);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function refuseChanged(file: string, known: Buffer): Promise<void> {
  const now = await readSmallFile(file, known.length);
  if (Buffer.isBuffer(now) && now.equals(known)) return;
  throw new UserError(
    'CREDENTIALS_CHANGED',
    `${file} was changed by somebody else meanwhile, and was left as it is. Start again.`,
    { details: { file } },
  );
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Before anybody is asked for what could not be written then.
 * @throws UserError CREDENTIALS_EXIST
 */
export async function refuseExisting(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found) throw exists(file);
}

function exists(file: string): UserError {
  return new UserError(
    'CREDENTIALS_EXIST',
    `There is a file ${file} already. Change it with "assay credentials edit", or replace it with --force.`,
    { details: { file } },
  );
}

function writeError(file: string, error: unknown): Error {
  if (error instanceof UserError || error instanceof OperationalError) return error;
  if (codeOf(error) === 'EEXIST') return exists(file);
  return new OperationalError(
    'CREDENTIALS_UNWRITABLE',
    `${file} could not be written (${codeOf(error)}). Check that its folder exists, is yours and has space.`,
    { details: { file }, cause: error },
  );
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
