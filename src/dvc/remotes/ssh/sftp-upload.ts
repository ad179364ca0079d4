/** Stores a file on the server under a name of its own and renames it when all of it is there. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createObjectHash } from '../../object-hash';
import { corrupt } from '../../storage-errors';
import type { LocalObject } from '../remote';
import type { SftpSession } from './sftp-session';

/** An upload that may go on over another connection. */
export interface Upload {
  part: string;
  target: string;
  object: LocalObject;
  /** All bytes before it were acknowledged. */
  confirmedBytes: number;
}

const PIECE_BYTES = 32 * 1024;
const IN_FLIGHT = 32;
/** A part that nobody wrote to for so long was left by a process that was killed; clocks may differ by hours. */
const STALE_AFTER_SECONDS = 48 * 60 * 60;

export function newUpload(target: string, object: LocalObject): Upload {
  const { dir, base } = path.posix.parse(target);
  const part = path.posix.join(dir, `.${base}.${randomUUID()}.part`);
  return { part, target, object, confirmedBytes: 0 };
}

/** @throws OperationalError DVC_CORRUPT where the local file changed meanwhile; Error for what may pass later */
export async function runUpload(
  session: SftpSession,
  upload: Upload,
  signal: AbortSignal,
): Promise<void> {
  const handle = await openPart(session, upload, signal);
  try {
    const md5 = await sendPieces(session, handle, upload, signal);
    const { md5: expected, file, sizeBytes } = upload.object;
    if (md5 !== expected || upload.confirmedBytes !== sizeBytes) {
      throw corrupt(file, 'it changed while it was sent');
    }
    const { size } = await session.fstat(handle, signal);
    if (size !== sizeBytes) throw new Error(`the server kept ${size} of ${sizeBytes} bytes`);
    await session.fsync(handle, signal);
  } finally {
    await session.close(handle).catch(() => undefined);
  }
  await moveIntoPlace(session, upload, signal);
}

/** Of the folder in which an object is to be stored. */
export async function removeStaleParts(
  session: SftpSession,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const oldest = Date.now() / 1000 - STALE_AFTER_SECONDS;
  for (const { name, stats } of await session.readdir(folder, signal)) {
    const isPart = /^\..+\.part$/.test(name);
    if (!isPart || !stats.isFile() || stats.mtime > oldest) continue;
    await session.unlink(path.posix.join(folder, name)).catch(() => undefined);
  }
}

async function openPart(
  session: SftpSession,
  upload: Upload,
  signal: AbortSignal,
): Promise<Buffer> {
  const found = await session.stat(upload.part, signal);
  if (found && found.size >= upload.confirmedBytes) return session.open(upload.part, 'r+', signal);
  // The server may have lost what it had acknowledged.
  if (found) await session.unlink(upload.part);
  upload.confirmedBytes = 0;
  return session.open(upload.part, 'wx', signal);
}

/** Reads all of the local file, for its MD5, and sends what was not confirmed before. */
async function sendPieces(
  session: SftpSession,
  handle: Buffer,
  upload: Upload,
  signal: AbortSignal,
): Promise<string> {
  const hash = createObjectHash('dvc3');
  const firstByte = upload.confirmedBytes;
  const sent: { acknowledged: Promise<void>; end: number }[] = [];
  const confirmOne = async (): Promise<void> => {
    const first = sent.shift();
    if (first === undefined) return;
    await first.acknowledged;
    upload.confirmedBytes = first.end;
  };
  let position = 0;
  for await (const read of createReadStream(upload.object.file, { highWaterMark: PIECE_BYTES })) {
    const piece = read as Buffer;
    hash.update(piece);
    const end = position + piece.length;
    if (end > firstByte) {
      const fresh = piece.subarray(Math.max(0, firstByte - position));
      const acknowledged = session.write(handle, fresh, end - fresh.length, signal);
      acknowledged.catch(() => undefined);
      sent.push({ acknowledged, end });
      if (sent.length >= IN_FLIGHT) await confirmOne();
    }
    position = end;
  }
  while (sent.length > 0) await confirmOne();
  return hash.digest();
}

async function moveIntoPlace(
  session: SftpSession,
  { part, target, object }: Upload,
  signal: AbortSignal,
): Promise<void> {
  try {
    await session.rename(part, target, signal);
  } catch (error) {
    if (!session.isAlive) throw error;
    // A server that can't replace: half of an object lies there, or another writer was first.
    const found = await session.stat(target, signal);
    if (found === undefined) throw error;
    await session.unlink(found.size === object.sizeBytes ? part : target);
    if (found.size !== object.sizeBytes) await session.rename(part, target, signal);
  }
}
