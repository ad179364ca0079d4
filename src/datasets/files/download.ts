/** Downloads a published file: only its very bytes get the target's name, all else leaves nothing behind. */
import { createHash } from 'node:crypto';
import { writeAtomically } from './atomic-file';
import { httpGet, type HttpTimeouts } from './http-get';
import type { PublishedFile } from './published-file';

/**
 * @param onProgress told the bytes so far
 * @throws Error with a message that reads on after "<address>: "
 */
export async function downloadPublishedFile(
  address: URL,
  file: PublishedFile,
  target: string,
  timeouts: HttpTimeouts,
  onProgress: (receivedBytes: number) => void,
  stop?: AbortSignal,
): Promise<void> {
  const expected = `${file.sizeBytes} bytes of the published file`;
  await writeAtomically(target, async (part) => {
    const hash = createHash('md5');
    let received = 0;
    await httpGet(
      address,
      timeouts,
      (announced) => {
        if (announced !== undefined && announced !== file.sizeBytes) {
          throw new Error(`the server announces ${announced} bytes instead of the ${expected}`);
        }
      },
      async (piece) => {
        received += piece.byteLength;
        if (received > file.sizeBytes)
          throw new Error(`the server sends more than the ${expected}`);
        hash.update(piece);
        await part.writeFile(piece);
        onProgress(received);
      },
      stop,
    );
    if (received < file.sizeBytes) {
      throw new Error(`the server sent ${received} of the ${expected}`);
    }
    const md5 = hash.digest('hex');
    if (md5 !== file.md5) {
      throw new Error(`the bytes have the MD5 ${md5} instead of ${file.md5}`);
    }
  });
}
