/** Stores a file in a bucket by one request, which the bucket refuses where other bytes arrive. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { corrupt } from '../../storage-errors';
import type { LocalObject } from '../remote';
import type { S3Client } from './s3-client';

export async function putWhole(
  client: S3Client,
  path: string,
  object: LocalObject,
  signal: AbortSignal,
): Promise<void> {
  const { file, sizeBytes, md5 } = object;
  const hashes = await hashRange(file, 0, sizeBytes);
  if (hashes.md5.toString('hex') !== md5) throw changed(file);
  const response = await client.send({
    method: 'PUT',
    path,
    headers: {
      ...client.storingHeaders,
      'content-length': String(sizeBytes),
      'content-md5': hashes.md5.toString('base64'),
    },
    sha256: hashes.sha256,
    body: () => createReadStream(file),
    signal,
  });
  if (!(await client.accept(response, [200]))) throw new Error('the bucket answered 404');
  response.resume();
}

/** @param end the position behind the last byte */
export async function hashRange(
  file: string,
  start: number,
  end: number,
  onPiece?: (piece: Buffer) => void,
): Promise<{ md5: Buffer; sha256: string }> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  if (end > start) {
    for await (const piece of createReadStream(file, { start, end: end - 1 })) {
      md5.update(piece as Buffer);
      sha256.update(piece as Buffer);
      onPiece?.(piece as Buffer);
    }
  }
  return { md5: md5.digest(), sha256: sha256.digest('hex') };
}

export function changed(file: string): Error {
  return corrupt(file, 'it changed while it was sent');
}
