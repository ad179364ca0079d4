/**
 * A web server that speaks as much of S3 as a remote needs. Signatures are computed again by another library
 * (@smithy/signature-v4) and compared; bodies are held against their checksums.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SignatureV4 } from '@smithy/signature-v4';

export const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPx=' };
const BUCKET = 'store';
const SIGNED = ['host', 'x-amz-content-sha256', 'x-amz-date'];

export interface S3Faults {
  region?: string;
  sessionToken?: string;
  /** Takes requests without a signature too. */
  isPublic?: boolean;
  /** Keys on a page of a list. */
  pageKeys?: number;
  /** Breaks the body of each GET after so many bytes. */
  cutAfter?: number;
  /** Answers before this server does. */
  intercept?: (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;
}

export interface S3Server {
  endpoint: string;
  requests: string[];
  headers: IncomingMessage['headers'][];
  /** Uploads in parts that are neither put together nor given up. */
  open: Map<string, Map<number, Buffer>>;
  close(): Promise<void>;
}

export async function serveS3(
  objects: Map<string, Buffer>,
  faults: S3Faults = {},
): Promise<S3Server> {
  const { region = 'us-east-1' } = faults;
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const open: S3Server['open'] = new Map();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const body = await buffer(request);
    requests.push(`${method} ${url}`);
    headers.push(request.headers);
    if (faults.intercept?.(request, response, body)) return;
    const refuse = (status: number, code: string, more: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/xml', ...more });
      response.end(method === 'HEAD' ? '' : `<Error><Code>${code}</Code></Error>`);
    };
    const { pathname, searchParams: query } = new URL(url, 'http://x');
    const problem = await signatureProblem(request, region, faults);
    if (problem === 'AuthorizationHeaderMalformed') {
      refuse(400, problem, { 'x-amz-bucket-region': region });
      return;
    }
    if (problem !== undefined) {
      refuse(403, problem);
      return;
    }
    const sha256 = request.headers['x-amz-content-sha256'];
    const md5 = request.headers['content-md5'];
    if (sha256 !== createHash('sha256').update(body).digest('hex')) {
      refuse(400, 'XAmzContentSHA256Mismatch');
      return;
    }
    if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) {
      refuse(400, 'BadDigest');
      return;
    }
    const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    const uploadId = query.get('uploadId') ?? '';
    const parts = open.get(uploadId);
    if (bucket !== BUCKET) refuse(404, 'NoSuchBucket');
    else if (query.get('list-type') === '2')
      list(response, objects, query, faults.pageKeys ?? 1000);
    else if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      open.set(id, new Map());
      response.end(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    } else if (uploadId !== '' && parts === undefined) refuse(404, 'NoSuchUpload');
    else if (method === 'PUT' && parts) {
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      parts.set(Number(query.get('partNumber')), body);
      response.writeHead(200, { etag }).end();
    } else if (method === 'POST' && parts) {
      const whole = putTogether(body.toString(), parts);
      if (whole === undefined) refuse(400, 'InvalidPart');
      else {
        objects.set(key, whole);
        open.delete(uploadId);
        response.end('<CompleteMultipartUploadResult/>');
      }
    } else if (method === 'DELETE' && parts) {
      open.delete(uploadId);
      response.writeHead(204).end();
    } else if (method === 'PUT') {
      objects.set(key, body);
      response.writeHead(200).end();
    } else {
      const bytes = objects.get(key);
      if (bytes === undefined) refuse(404, 'NoSuchKey');
      else send(request, response, bytes, faults.cutAfter);
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error as Error);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    headers,
    open,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** S3's code for what is wrong with a request's signature; undefined where it is right. */
async function signatureProblem(
  request: IncomingMessage,
  region: string,
  { isPublic, sessionToken }: S3Faults,
): Promise<string | undefined> {
  const { authorization, ...headers } = request.headers;
  if (authorization === undefined) return isPublic ? undefined : 'AccessDenied';
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$/;
  const [, id, usedRegion, signedHeaders = ''] = parts.exec(authorization) ?? [];
  if (id !== KEYS.accessKeyId) return 'InvalidAccessKeyId';
  if (usedRegion !== region) return 'AuthorizationHeaderMalformed';
  if (headers['x-amz-security-token'] !== sessionToken) return 'InvalidToken';
  const names = signedHeaders.split(';');
  if (!SIGNED.every((name) => names.includes(name))) return 'AccessDenied';
  // Every header of AWS's own must be under the signature.
  const unsigned = Object.keys(headers).filter((name) => /^x-amz-/.test(name));
  if (!unsigned.every((name) => names.includes(name))) return 'AccessDenied';
  const date = String(headers['x-amz-date']).replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const signingDate = new Date(date);
  if (!(Math.abs(signingDate.getTime() - Date.now()) < 15 * 60_000)) return 'RequestTimeTooSkewed';
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
  const signer = new SignatureV4({
    credentials: KEYS,
    region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    },
    { signingDate },
  );
  return again.headers['authorization'] === authorization ? undefined : 'SignatureDoesNotMatch';
}

class Sha256 {
  private readonly hash: { update(data: Uint8Array): unknown; digest(): Buffer };
  constructor(secret?: unknown) {
    this.hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', bytesOf(secret as Uint8Array | string));
  }
  update(data: Uint8Array | string): void {
    this.hash.update(bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {
    throw new Error('not used');
  }
}

function bytesOf(data: Uint8Array | string | ArrayBuffer): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data as Uint8Array);
}

function list(
  response: ServerResponse,
  objects: Map<string, Buffer>,
  query: URLSearchParams,
  pageKeys: number,
): void {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageKeys);
  const isTruncated = keys.length > page.length;
  const contents = page.map(
    (key) =>
      `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key><Size>${objects.get(key)?.length ?? 0}</Size></Contents>`,
  );
  const next = isTruncated
    ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>`
    : '';
  response.end(
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`,
  );
}

function putTogether(xml: string, parts: Map<number, Buffer>): Buffer | undefined {
  const wanted = [
    ...xml.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>&#34;([0-9a-f]+)&#34;<\/ETag>/g),
  ];
  const pieces = wanted.map(([, number, etag]) => {
    const piece = parts.get(Number(number));
    return piece && createHash('md5').update(piece).digest('hex') === etag ? piece : undefined;
  });
  if (wanted.length !== parts.size || pieces.includes(undefined)) return undefined;
  return Buffer.concat(pieces as Buffer[]);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  cutAfter: number | undefined,
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const body = bytes.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': body.length,
    ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (request.method === 'HEAD') response.end();
  else if (cutAfter === undefined || body.length <= cutAfter) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => response.destroy());
}
