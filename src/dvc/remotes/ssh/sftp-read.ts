/** A file of the server as a stream of pieces in order, with several questions on their way at a time. */
import type { SftpSession } from './sftp-session';

/** What sftp-server gives at once everywhere. */
const PIECE_BYTES = 32 * 1024;
/** 1 MiB on its way a file hides 10 ms of distance at 100 MB/s. */
const IN_FLIGHT = 32;

/** @throws Error where the connection breaks or the file is shorter than `totalBytes` */
export async function* readPieces(
  session: SftpSession,
  handle: Buffer,
  fromByte: number,
  totalBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const asked: { piece: Promise<Buffer>; length: number }[] = [];
  let next = fromByte;
  try {
    for (;;) {
      while (asked.length < IN_FLIGHT && next < totalBytes) {
        const length = Math.min(PIECE_BYTES, totalBytes - next);
        const piece = session.read(handle, next, length, signal);
        // Whoever stops early does not wait for the rest.
        piece.catch(() => undefined);
        asked.push({ piece, length });
        next += length;
      }
      const first = asked.shift();
      if (first === undefined) return;
      const piece = await first.piece;
      if (piece.length < first.length) throw new Error('the file ended early');
      yield piece;
    }
  } finally {
    await session.close(handle).catch(() => undefined);
  }
}
