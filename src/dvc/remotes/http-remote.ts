/** A remote that is a web server: reads always, writes only where the configuration says how. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { OperationalError, UserError } from '../../errors';
import type { RemoteConfig } from '../dvc-config';
import { reasonOf } from '../../datasets/files/errno';
import { addressOf, type HttpRequest, sendHttp } from './http-request';
import type { Remote, RemoteBody } from './remote';

/** @throws UserError DVC_REMOTE_INVALID, DVC_REMOTE_UNSUPPORTED */
export async function createHttpRemote(config: RemoteConfig): Promise<Remote> {
  const base = baseOf(config);
  const headers = authOf(config, base);
  const ca = await authoritiesOf(config);
  base.username = '';
  base.password = '';
  const address = addressOf(base);
  const request = (
    method: HttpRequest['method'],
    path: string,
    signal: AbortSignal,
    more: Partial<HttpRequest> = {},
  ): Promise<IncomingMessage> => {
    const url = new URL(base);
    url.pathname += path;
    return sendHttp({ method, url, signal, ca, ...more, headers: { ...headers, ...more.headers } });
  };
  return {
    address,
    async find(path, signal) {
      const response = await request('HEAD', path, signal);
      response.destroy();
      if (isAbsent(response)) return undefined;
      requireStatus(address, response, [200, 204]);
      return { sizeBytes: lengthOf(response) };
    },
    async read(path, fromByte, signal) {
      const range = fromByte > 0 ? { headers: { range: `bytes=${fromByte}-` } } : {};
      const response = await request('GET', path, signal, range);
      return bodyOf(address, response, fromByte);
    },
    async write(path, { file, sizeBytes }, signal) {
      requirePut(config);
      const response = await request('PUT', path, signal, {
        headers: { 'content-length': String(sizeBytes) },
        body: createReadStream(file),
      });
      response.resume();
      requireStatus(address, response, [200, 201, 204]);
    },
    close: () => Promise.resolve(),
  };
}

/** What a GET with or without a range gave. Undefined where there is no such object. */
export function bodyOf(
  address: string,
  response: IncomingMessage,
  fromByte: number,
): RemoteBody | undefined {
  if (isAbsent(response)) {
    response.destroy();
    return undefined;
  }
  requireStatus(address, response, [200, 206]);
  if (response.statusCode === 200) {
    return { startsAt: 0, totalBytes: lengthOf(response), pieces: response };
  }
  const [, start, total] =
    /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '') ?? [];
  if (Number(start) !== fromByte) {
    response.destroy();
    throw new Error('the server answered another range than the one that was asked for');
  }
  return { startsAt: fromByte, totalBytes: Number(total), pieces: response };
}

/** @throws OperationalError DVC_ACCESS_DENIED; Error for what may pass later */
export function requireStatus(address: string, response: IncomingMessage, wanted: number[]): void {
  const { statusCode = 0, statusMessage = '' } = response;
  if (wanted.includes(statusCode)) return;
  response.destroy();
  if (statusCode === 401 || statusCode === 403) {
    throw new OperationalError(
      'DVC_ACCESS_DENIED',
      `${address} answered ${statusCode} ${statusMessage}. Check user, password or keys of the remote in .dvc/config.local.`,
      { details: { address, status: statusCode } },
    );
  }
  throw new Error(`the server answered ${statusCode} ${statusMessage}`.trim());
}

export function isAbsent({ statusCode }: IncomingMessage): boolean {
  return statusCode === 404 || statusCode === 410;
}

export function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** The PEM that `ssl_verify` names. @throws UserError DVC_REMOTE_INVALID, DVC_REMOTE_UNSUPPORTED */
export async function authoritiesOf({ name, options }: RemoteConfig): Promise<string | undefined> {
  const verify = options.get('ssl_verify') ?? 'true';
  if (verify.toLowerCase() === 'true') return undefined;
  if (verify.toLowerCase() === 'false') {
    throw new UserError(
      'DVC_REMOTE_UNSUPPORTED',
      `The remote ${name} has ssl_verify = false, which would trust anybody. Set it to the file with the server's authority instead.`,
    );
  }
  try {
    return await readFile(verify, 'utf8');
  } catch (error) {
    throw new UserError(
      'DVC_REMOTE_INVALID',
      `The remote ${name} names ${verify} in ssl_verify, which can't be read (${reasonOf(error)}).`,
    );
  }
}

function baseOf({ name, url }: RemoteConfig): URL {
  if (!URL.canParse(url)) {
    throw new UserError('DVC_REMOTE_INVALID', `The url of the remote ${name} is not an address.`);
  }
  const base = new URL(url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function authOf({ name, options }: RemoteConfig, base: URL): Record<string, string> {
  const kind = options.get('auth')?.toLowerCase();
  const user = options.get('user') ?? decodeURIComponent(base.username);
  const password = options.get('password') ?? decodeURIComponent(base.password);
  if (kind === 'custom') {
    const header = options.get('custom_auth_header');
    if (header !== undefined) return { [header]: password };
  } else if (kind === 'basic' || (kind === undefined && user !== '')) {
    const token = Buffer.from(`${user}:${password}`).toString('base64');
    return { authorization: `Basic ${token}` };
  } else if (kind === undefined) {
    return {};
  }
  throw new UserError(
    'DVC_REMOTE_UNSUPPORTED',
    `The auth of the remote ${name} must be basic (user, password) or custom (custom_auth_header, password).`,
  );
}

function requirePut({ name, options }: RemoteConfig): void {
  if (options.get('method')?.toUpperCase() === 'PUT') return;
  throw new UserError(
    'DVC_PUSH_REFUSED',
    `The remote ${name} is a web server, and its configuration does not say that it takes files by PUT. Set "method = PUT" in .dvc/config where it does, or push to another remote.`,
  );
}
