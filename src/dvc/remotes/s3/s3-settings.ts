/** Which bucket, where, and how objects are stored there: from the remote's options, as DVC names them. */
import { UserError } from '../../../errors';
import type { RemoteConfig } from '../../dvc-config';
import type { RemoteEnvironment } from '../environment';
import { authoritiesOf } from '../http-remote';
import { invalid, switchOf } from '../remote-options';
import type { AwsProfile } from './aws-profile';

export interface S3Settings {
  bucket: string;
  /** Of all keys; empty or with a slash at its end. */
  prefix: string;
  region: string;
  /** Of another service than AWS, or undefined. */
  endpoint: URL | undefined;
  usesTls: boolean;
  /** PEM of the authorities to trust instead of the usual ones. */
  ca: string | undefined;
  /** Of each object that is stored: encryption and rights. */
  storingHeaders: Record<string, string>;
}

const DEFAULT_REGION = 'us-east-1';
const REGION = /^[a-z0-9-]{1,40}$/i;
const URL_PARTS = /^s3:\/\/([a-z0-9][\w.-]{1,253}[a-z0-9])(?:\/([^\0]*))?$/i;

/** Options that become headers of a PUT. */
const STORING_HEADERS: Record<string, string> = {
  sse: 'x-amz-server-side-encryption',
  sse_kms_key_id: 'x-amz-server-side-encryption-aws-kms-key-id',
  acl: 'x-amz-acl',
  grant_read: 'x-amz-grant-read',
  grant_read_acp: 'x-amz-grant-read-acp',
  grant_write_acp: 'x-amz-grant-write-acp',
  grant_full_control: 'x-amz-grant-full-control',
};

/** @throws UserError DVC_REMOTE_INVALID, DVC_REMOTE_UNSUPPORTED */
export async function s3SettingsOf(
  config: RemoteConfig,
  profile: AwsProfile,
  { variables }: RemoteEnvironment,
): Promise<S3Settings> {
  const { options } = config;
  const [, bucket, path = ''] = URL_PARTS.exec(config.url) ?? [];
  if (bucket === undefined) throw invalid(config, 'its url must be s3://BUCKET/FOLDER');
  for (const option of ['sse_customer_key', 'sse_customer_algorithm']) {
    if (options.has(option)) throw unsupported(config, option);
  }
  const folder = path.split('/').filter((part) => part !== '');
  if (folder.some((part) => part === '.' || part === '..')) {
    throw invalid(config, 'its url may not hold "." or ".."');
  }
  const region =
    options.get('region') ??
    variables['AWS_REGION'] ??
    variables['AWS_DEFAULT_REGION'] ??
    profile.settings.get('region') ??
    DEFAULT_REGION;
  if (!REGION.test(region)) throw invalid(config, 'its region is none');
  const endpoint =
    options.get('endpointurl') ??
    variables['AWS_ENDPOINT_URL_S3'] ??
    variables['AWS_ENDPOINT_URL'] ??
    profile.settings.get('endpoint_url');
  return {
    bucket,
    prefix: folder.map((part) => `${part}/`).join(''),
    region,
    endpoint: endpoint ? endpointFrom(config, endpoint) : undefined,
    usesTls: switchOf(config, 'use_ssl', true),
    ca: await authoritiesOf(config),
    storingHeaders: Object.fromEntries(
      Object.entries(STORING_HEADERS).flatMap(([option, header]) => {
        const value = options.get(option);
        return value === undefined ? [] : [[header, value]];
      }),
    ),
  };
}

/**
 * The address of a key. A bucket of AWS has a host of its own, unless its name has dots, which no certificate
 * covers; other services get the bucket in the path, as they all understand it.
 * @param query names and values as they are
 */
export function addressOfKey(
  { bucket, endpoint, usesTls }: S3Settings,
  region: string,
  key: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const hasOwnHost = endpoint === undefined && !bucket.includes('.');
  const base =
    endpoint ?? new URL(`${usesTls ? 'https' : 'http'}://${hasOwnHost ? `${bucket}.` : ''}${host}`);
  const url = new URL(base);
  const path = hasOwnHost ? key : `${bucket}/${key}`;
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${path.split('/').map(encode).join('/')}`;
  url.search = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return url;
}

/** RFC 3986's, which the signature is made of. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function endpointFrom(config: RemoteConfig, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(
      config,
      'its endpointurl must be an address that begins with http:// or https://',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw invalid(config, 'its endpointurl may hold no user, password or query');
  }
  return url;
}

function unsupported({ name }: RemoteConfig, option: string): UserError {
  return new UserError(
    'DVC_REMOTE_UNSUPPORTED',
    `The remote ${name} has ${option}, which Assay can't use. Have the bucket encrypt by itself (sse), or use dvc.`,
  );
}
