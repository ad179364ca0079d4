/** Stores a large file in a bucket by parts, of which a later try sends only what is missing. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createObjectHash } from '../../object-hash';
import type { LocalObject } from '../remote';
import { readXml, type S3Client, textOf } from './s3-client';
import { changed, hashRange } from './s3-put';

/** An upload in parts that has begun. */
export interface PartedUpload {
  uploadId: string;
  /** The answer to each part, by which the whole is put together. */
  etags: string[];
  /** The bucket does not know it any more: the next try begins another. */
  isGone: boolean;
}

/** Of a part; S3 wants 5 MiB at least, and 10,000 at most of them. */
const PART_BYTES = 16 * 1024 * 1024;
const MAX_PARTS = 10_000;

export function isParted({ sizeBytes }: LocalObject): boolean {
  return sizeBytes > PART_BYTES;
}

export async function beginParted(
  client: S3Client,
  path: string,
  signal: AbortSignal,
): Promise<PartedUpload> {
  const response = await client.send({
    method: 'POST',
    path,
    query: { uploads: '' },
    headers: client.storingHeaders,
    signal,
  });
  const isThere = await client.accept(response, [200]);
  const uploadId = isThere ? textOf('UploadId', await readXml(response)) : undefined;
  if (!uploadId) throw new Error('the bucket begins no upload');
  return { uploadId, etags: [], isGone: false };
}

/** Sends the parts that lack, then has them put together. */
export async function finishParted(
  client: S3Client,
  path: string,
  { file, sizeBytes, md5 }: LocalObject,
  upload: PartedUpload,
  signal: AbortSignal,
): Promise<void> {
  const { uploadId, etags } = upload;
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS));
  const whole = createObjectHash('dvc3');
  for (let start = 0, index = 0; start < sizeBytes; start += partBytes, index++) {
    const end = Math.min(start + partBytes, sizeBytes);
    const hashes = await hashRange(file, start, end, (piece) => {
      whole.update(piece);
    });
    if (etags[index] !== undefined) continue;
    const response = await client.send({
      method: 'PUT',
      path,
      query: { partNumber: String(index + 1), uploadId },
      headers: {
        'content-length': String(end - start),
        'content-md5': hashes.md5.toString('base64'),
      },
      sha256: hashes.sha256,
      body: () => createReadStream(file, { start, end: end - 1 }),
      signal,
    });
    const { etag } = response.headers;
    const isThere = await client.accept(response, [200]);
    response.resume();
    upload.isGone = !isThere;
    if (!isThere || !etag) throw new Error('the bucket forgot the upload');
    etags[index] = etag;
  }
  if (whole.digest() !== md5) throw changed(file);
  await complete(client, path, upload, signal);
}

/** Parts that stay behind would be paid for. */
export async function abortParted(
  client: S3Client,
  path: string,
  { uploadId }: PartedUpload,
  signal: AbortSignal,
): Promise<void> {
  const response = await client.send({ method: 'DELETE', path, query: { uploadId }, signal });
  response.destroy();
}

async function complete(
  client: S3Client,
  path: string,
  upload: PartedUpload,
  signal: AbortSignal,
): Promise<void> {
  const { uploadId, etags } = upload;
  const parts = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const body = Buffer.from(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
  );
  const response = await client.send({
    method: 'POST',
    path,
    query: { uploadId },
    headers: { 'content-length': String(body.length) },
    sha256: createHash('sha256').update(body).digest('hex'),
    body: () => Readable.from([body]),
    signal,
  });
  const isThere = await client.accept(response, [200]);
  upload.isGone = !isThere;
  const xml = isThere ? await readXml(response) : '';
  // S3 answers 200 before it knows how the putting together ends.
  if (!xml.includes('<CompleteMultipartUploadResult')) {
    throw new Error(`the bucket did not put the parts together (${textOf('Code', xml) ?? 404})`);
  }
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
