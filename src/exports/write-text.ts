/** Puts the parts of an export where they are wanted: a file, which is there whole or not at all, or a stream. */
import { lstat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeAtomically } from '../datasets/files/atomic-file';
import { AssayError, messageOf, UserError } from '../errors';

export type TextParts = Iterable<string> | AsyncIterable<string>;

/** Parts are gathered to so many characters before they are written. */
const GATHERED = 64 * 1024;

/**
 * An existing regular file is replaced.
 *
 * @throws UserError FILE_NOT_WRITTEN; what the parts throw, in which case the file is as before
 */
export async function writeTextFile(file: string, parts: TextParts): Promise<void> {
  try {
    // It is replaced by renaming: a device, a link or a folder must not be.
    const there = await lstat(file).catch(() => undefined);
    if (there && !there.isFile()) throw new Error('it is there and is no regular file');
    await writeAtomically(file, async (handle) => {
      for await (const text of gathered(parts)) await handle.appendFile(text);
    });
  } catch (error) {
    if (error instanceof AssayError || !isFileError(error)) throw error;
    throw new UserError('FILE_NOT_WRITTEN', `${file} could not be written: ${messageOf(error)}`);
  }
}

/** Where the reader leaves early, as `head` does, the rest is not made. */
export async function writeTextTo(out: NodeJS.WritableStream, parts: TextParts): Promise<void> {
  try {
    await pipeline(Readable.from(gathered(parts)), out, { end: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* gathered(parts: TextParts): AsyncGenerator<string, void, undefined> {
  let text = '';
  for await (const part of parts) {
    text += part;
    if (text.length < GATHERED) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** What the database says has a code too, but no system call. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && ('syscall' in error || error.message.startsWith('it is there'));
}
