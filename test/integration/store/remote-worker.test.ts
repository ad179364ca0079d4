/** What `assay worker --api` refuses before it begins. */
import { PassThrough } from 'node:stream';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newToken } from '../../../src/auth/token';
import { remoteFiles, type RemoteFlags } from '../../../src/cli/remote-worker';
import { AppConfig } from '../../../src/config/config';
import type { LoadedConfig } from '../../../src/config/load-config';
import { temporaryFolder } from '../../support/temporary-folder';
import { startStore, type StoreServer } from './store-server';

const TOKEN = newToken();
let store: StoreServer;
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  store = await startStore(({ headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401).end();
    else if (headers.authorization !== `Bearer ${TOKEN}`) response.writeHead(403).end();
    else response.end('{"store":"assay"}');
  });
});

afterAll(async () => {
  delete process.env['ASSAY_TOKEN'];
  await store.close();
});

async function start(flags: RemoteFlags, token?: string, databaseUrl?: string) {
  if (token === undefined) delete process.env['ASSAY_TOKEN'];
  else process.env['ASSAY_TOKEN'] = token;
  const loaded: LoadedConfig = {
    config: new AppConfig(),
    folder,
    dataMirror: undefined,
    databaseUrl,
  };
  const stderr = new PassThrough();
  const io = { stdout: new PassThrough(), stderr, isTty: false };
  const files = await remoteFiles(flags, loaded, io, new AbortController().signal);
  return { files, said: String(stderr.read() ?? '') };
}

async function fileOf(content: string): Promise<string> {
  const file = path.join(folder, 'token');
  await writeFile(file, content);
  return file;
}

it('is a worker on its own files without an address', async () => {
  expect((await start({})).files).toBeUndefined();
});

it('takes its token from the environment or a file', async () => {
  const api = store.url;
  expect((await start({ api }, ` ${TOKEN}\n`)).files).toBeDefined();
  const tokenFile = await fileOf(`${TOKEN}\n`);
  expect((await start({ api, tokenFile }, newToken())).files).toBeDefined();
});

it('starts before its service does', async () => {
  const { files, said } = await start({ api: 'http://127.0.0.1:9' });
  expect(files).toBeDefined();
  expect(said).toMatch(/^STORE_UNREACHABLE: http:\/\/127\.0\.0\.1:9 /);
});

it('refuses what can not work, without repeating a secret', async () => {
  const api = store.url;
  const cases: [string, RemoteFlags, string?][] = [
    ['STORE_ADDRESS_INVALID', { api: 'host:4000' }],
    ['STORE_ADDRESS_INVALID', { api: 'http://me:hush@host' }],
    ['WORKER_DATABASE_MISSING', { api: 'http://10.1.2.3:4000' }],
    ['WORKER_TOKEN_INVALID', { api, tokenFile: await fileOf('') }, TOKEN],
    ['WORKER_TOKEN_INVALID', { api, tokenFile: path.join(folder, 'none') }],
    ['WORKER_TOKEN_INVALID', { api, tokenFile: '/dev/zero' }],
    ['WORKER_TOKEN_INVALID', { api }, 'hush'],
    ['STORE_ACCESS_DENIED', { api }],
    ['STORE_ACCESS_DENIED', { api }, newToken()],
  ];
  for (const [code, flags, token] of cases) {
    const refused = await start(flags, token).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code });
    expect((refused as Error).message).not.toMatch(/hush|assay_[A-Za-z0-9_-]{20}/);
  }
});
