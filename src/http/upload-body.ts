/** The body of an upload, held to a size and to a pace while it streams. */
import type { IncomingMessage } from 'node:http';
import type { HttpLimits } from './http-limits';
import { uploadIdle, uploadInterrupted, uploadTooLarge } from './upload-refusals';
import { withinTime } from './within-time';

/** Bytes that count as going on: a client that sends one now and then would hold its place for ever. */
const PROGRESS_BYTES = 16_384;

/**
 * @throws HttpRefusal UPLOAD_TOO_LARGE, UPLOAD_IDLE, UPLOAD_INTERRUPTED
 */
export async function* boundedBody(
  request: IncomingMessage,
  { uploadBytes, uploadIdleMs }: Pick<HttpLimits, 'uploadBytes' | 'uploadIdleMs'>,
): AsyncGenerator<Uint8Array> {
  // To destroy the request would cut off the connection before the client has read why.
  const chunks = request.iterator({ destroyOnReturn: false });
  let totalBytes = 0;
  let freshBytes = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      const askedAt = performance.now();
      const chunk = await withinTime(nextOf(chunks), uploadIdleMs - waitedMs, () =>
        uploadIdle(uploadIdleMs),
      );
      if (chunk === undefined) return;
      totalBytes += chunk.byteLength;
      if (totalBytes > uploadBytes) throw uploadTooLarge(uploadBytes);
      freshBytes += chunk.byteLength;
      waitedMs += performance.now() - askedAt;
      if (freshBytes >= PROGRESS_BYTES) freshBytes = waitedMs = 0;
      yield chunk;
    }
  } finally {
    // Not waited for: where the client is silent it settles only with the connection.
    chunks.return?.().catch(() => undefined);
  }
}

async function nextOf(chunks: AsyncIterator<unknown>): Promise<Uint8Array | undefined> {
  const next = await chunks.next().catch(() => {
    throw uploadInterrupted();
  });
  return next.done === true ? undefined : (next.value as Uint8Array);
}
