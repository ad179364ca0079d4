/** Signed requests to one bucket, and what its answers mean. */
import type { IncomingMessage } from 'node:http';
import { AwsV4Signer } from 'aws4fetch';
import { OperationalError } from '../../../errors';
import { type HttpRequest, sendHttp } from '../http-request';
import type { AwsCredentials } from './aws-credentials';
import { addressOfKey, type S3Settings } from './s3-settings';

export interface S3Request {
  method: HttpRequest['method'];
  /** Below the remote's folder. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Of the body, in hex. */
  sha256?: string;
  /** Made anew for each try. */
  body?: (() => NodeJS.ReadableStream) | undefined;
  signal: AbortSignal;
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** Answers in XML: a page of 1000 keys is well under 1 MiB. */
const MAX_XML_BYTES = 8 * 1024 * 1024;
const MAX_CODE_LENGTH = 80;
const REGION = /^[a-z0-9-]{1,40}$/;

export class S3Client {
  readonly address: string;
  private region: string;

  constructor(
    private readonly settings: S3Settings,
    private readonly credentials: AwsCredentials | undefined,
  ) {
    this.address = `s3://${settings.bucket}/${settings.prefix}`.replace(/\/$/, '');
    this.region = settings.region;
  }

  get prefix(): string {
    return this.settings.prefix;
  }

  get storingHeaders(): Record<string, string> {
    return this.settings.storingHeaders;
  }

  /** A bucket of another region says so, and is asked there. The body must be read or destroyed. */
  async send(request: S3Request): Promise<IncomingMessage> {
    const response = await this.sendOnce(request, this.region);
    const elsewhere = response.headers['x-amz-bucket-region'];
    const isRefused = [301, 307, 400].includes(response.statusCode ?? 0);
    if (!isRefused || typeof elsewhere !== 'string' || !REGION.test(elsewhere)) return response;
    if (elsewhere === this.region) return response;
    response.destroy();
    this.region = elsewhere;
    return this.sendOnce(request, elsewhere);
  }

  /**
   * @returns false where there is no such object
   * @throws OperationalError DVC_ACCESS_DENIED, DVC_REMOTE_UNAVAILABLE; Error for what may pass later
   */
  async accept(response: IncomingMessage, wanted: readonly number[]): Promise<boolean> {
    const { statusCode = 0, statusMessage = '' } = response;
    if (wanted.includes(statusCode)) return true;
    const xml = await readXml(response).catch(() => '');
    const code = (textOf('Code', xml) ?? statusMessage).slice(0, MAX_CODE_LENGTH);
    if (code === 'NoSuchBucket') {
      throw new OperationalError(
        'DVC_REMOTE_UNAVAILABLE',
        `There is no bucket ${this.settings.bucket} (${this.address}). Make it, or mend url or endpointurl of the remote.`,
        { details: { remote: this.address } },
      );
    }
    if (statusCode === 404) return false;
    if (statusCode === 401 || statusCode === 403) throw this.denied(statusCode, code);
    throw new Error(`the bucket answered ${statusCode} ${code}`.trim());
  }

  private denied(status: number, code: string): OperationalError {
    const hint =
      code === 'RequestTimeTooSkewed'
        ? "Set this machine's clock"
        : 'Check the access key, its rights to list, read and write the bucket, and region and endpointurl of the remote';
    return new OperationalError(
      'DVC_ACCESS_DENIED',
      `${this.address} answered ${status} ${code}. ${hint}.`,
      { details: { remote: this.address, status, code } },
    );
  }

  private async sendOnce(request: S3Request, region: string): Promise<IncomingMessage> {
    const { method, path, query, body, sha256 = EMPTY_SHA256, signal } = request;
    const key = path === '' ? '' : `${this.settings.prefix}${path}`;
    const url = addressOfKey(this.settings, region, key, query);
    const headers = { 'x-amz-content-sha256': sha256, ...request.headers };
    return sendHttp({
      method,
      url,
      headers: await this.signed(method, url, headers, region),
      body: body?.(),
      signal,
      ca: this.settings.ca,
      followsRedirects: false,
    });
  }

  private async signed(
    method: string,
    url: URL,
    headers: Record<string, string>,
    region: string,
  ): Promise<Record<string, string>> {
    if (this.credentials === undefined) return headers;
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials;
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      service: 's3',
      region,
    });
    return Object.fromEntries((await signer.sign()).headers);
  }
}

/** The text of the first element of that name; the answers that are read hold no others in it. */
export function textOf(element: string, xml: string): string | undefined {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return found?.replace(
    /&(amp|lt|gt|quot|apos|#39|#34);/g,
    (_, name: string) => ENTITIES[name] ?? '',
  );
}

/** @throws Error where the answer is too large */
export async function readXml(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_XML_BYTES) throw new Error('the bucket gives too long an answer');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#34': '"',
};
