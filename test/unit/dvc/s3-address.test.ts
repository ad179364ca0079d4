import { thisEnvironment } from '../../../src/dvc/remotes/environment';
import { addressOfKey, s3SettingsOf } from '../../../src/dvc/remotes/s3/s3-settings';

const PROFILE = { name: 'default', isNamed: false, credentials: undefined, settings: new Map() };
const settingsOf = (url: string, options: Record<string, string> = {}) =>
  s3SettingsOf({ name: 'a', url, options: new Map(Object.entries(options)) }, PROFILE, {
    ...thisEnvironment(),
    variables: {},
  });

it.each([
  ['s3://store/a', {}, 'https://store.s3.us-east-1.amazonaws.com/a/k'],
  ['s3://store/a', { region: 'cn-north-1' }, 'https://store.s3.cn-north-1.amazonaws.com.cn/a/k'],
  ['s3://my.store', { use_ssl: 'false' }, 'http://s3.us-east-1.amazonaws.com/my.store/k'],
  ['s3://store', { endpointurl: 'https://minio:9000' }, 'https://minio:9000/store/k'],
  ['s3://store//a//b/', { endpointurl: 'https://x/y/' }, 'https://x/y/store/a/b/k'],
])('a key of %s with %j is at %s', async (url, options, address) => {
  const settings = await settingsOf(url, options);
  const key = `${settings.prefix}k`;
  expect(addressOfKey(settings, settings.region, key).href).toBe(address);
});

it('encodes keys and queries as signatures want it', async () => {
  const settings = await settingsOf("s3://store/a+b (1)'*!~ü");
  const url = addressOfKey(settings, 'us-east-1', settings.prefix, { 'a b': '+/=' });
  expect(url.pathname).toBe('/a%2Bb%20%281%29%27%2A%21~%C3%BC/');
  expect(url.search).toBe('?a%20b=%2B%2F%3D');
});

it.each([
  ['s3:///x', {}, 'DVC_REMOTE_INVALID'],
  ['s3://store/../x', {}, 'DVC_REMOTE_INVALID'],
  ['s3://store/x', { region: 'a.evil.example/' }, 'DVC_REMOTE_INVALID'],
  ['s3://store/x', { endpointurl: 'ftp://x' }, 'DVC_REMOTE_INVALID'],
  ['s3://store/x', { endpointurl: 'https://me:pw@x' }, 'DVC_REMOTE_INVALID'],
  ['s3://store/x', { sse_customer_key: 'x' }, 'DVC_REMOTE_UNSUPPORTED'],
  ['s3://store/x', { ssl_verify: 'false' }, 'DVC_REMOTE_UNSUPPORTED'],
])('refuses %s with %j', async (url, options, code) => {
  const failing = settingsOf(url, options);
  await expect(failing).rejects.toThrow(expect.objectContaining({ code }) as Error);
});

it('gives encryption and rights along with what is stored', async () => {
  const { storingHeaders } = await settingsOf('s3://store', { sse: 'aws:kms', acl: 'private' });
  expect(storingHeaders).toEqual({
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-acl': 'private',
  });
});
