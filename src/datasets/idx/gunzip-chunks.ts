/** Unpacks gzip piece by piece, so that a reader can stop as soon as it has seen more than it wants. */
import { createGunzip } from 'node:zlib';
import { messageOf, UserError } from '../../errors';

/** Unpacked bytes a piece: 1 MiB needs 64 times fewer turns of the event loop than zlib's 16 KiB. */
const CHUNK_BYTES = 1024 * 1024;

/** True where the bytes start as gzip does (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * @param file its name, for messages
 * @throws UserError DATASET_GZIP_DAMAGED: cut short, wrong CRC or length, bytes after the end
 */
export async function* gunzipChunks(file: string, packed: Uint8Array): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  gunzip.end(packed);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw new UserError(
      'DATASET_GZIP_DAMAGED',
      `${file} is damaged: gzip says "${messageOf(error)}". Fetch it again.`,
      { details: { file }, cause: error },
    );
  }
}
