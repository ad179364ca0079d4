/** What a worker makes of a store that is cut off, slow, wrong or hostile. */
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { StoreClient, type StorePatience } from '../../../src/store/store-client';
import { parseStoreAddress } from '../../../src/store/store-request';
import { temporaryFolder } from '../../support/temporary-folder';
import { type Answer, sendBytes, startStore, type StoreServer } from './store-server';

const BYTES = randomBytes(300_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const wanted = { sizeBytes: BYTES.length, sha256: SHA256 };
const HURRIED: StorePatience = { idleMs: 300, patienceMs: 400 };
const PATIENT: StorePatience = { idleMs: 5_000, patienceMs: 30_000 };

let store: StoreServer | undefined;
let stop: AbortController;

beforeEach(() => (stop = new AbortController()));
afterEach(async () => {
  stop.abort();
  await store?.close();
  store = undefined;
});

async function clientOf(answer: Answer, patience = PATIENT): Promise<StoreClient> {
  store = await startStore(answer);
  return new StoreClient({ url: store.url, token: 'assay_t' }, stop.signal, patience);
}

/** @returns what is in the file after the download */
async function download(client: StoreClient, size = wanted): Promise<Buffer> {
  const file = path.join(await temporaryFolder(), 'file');
  const handle = await open(file, 'wx');
  try {
    await client.download('/store/splits/x', size, handle);
  } finally {
    await handle.close();
  }
  return readFile(file);
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );

it('goes on where it was cut off, as often as it takes, and sends its token each time', async () => {
  const client = await clientOf(sendBytes(BYTES, 70_000));
  expect((await download(client)).equals(BYTES)).toBe(true);
  const [begun, ...further] = store?.asked.map(({ range }) => range) ?? [];
  expect(begun).toBeUndefined();
  // From where it had come, at most what was sent: what is under way when a connection breaks may be lost.
  const starts = [0, ...further.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]))];
  const steps = starts.slice(1).map((from, i) => from - (starts[i] ?? NaN));
  expect(steps.length).toBeGreaterThanOrEqual(4);
  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(Math.max(...steps)).toBeLessThanOrEqual(70_000);
  expect(new Set(store?.asked.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer assay_t']),
  );
});

it('begins anew where the store can only send the whole', async () => {
  const client = await clientOf((request, response, turn) => {
    delete request.headers.range;
    sendBytes(BYTES, turn === 0 ? 100_000 : Infinity)(request, response, turn);
  });
  expect((await download(client)).equals(BYTES)).toBe(true);
});

it('begins anew where what it has lies behind the end, or another range is answered', async () => {
  const client = await clientOf((request, response, turn) => {
    if (turn === 0) sendBytes(BYTES, 100_000)(request, response, turn);
    else if (turn === 1) response.writeHead(416).end();
    else if (turn === 2) sendBytes(BYTES, 50_000)(request, response, turn);
    else if (turn === 3) response.writeHead(206, { 'content-range': 'bytes 7-9/10' }).end('abc');
    else sendBytes(BYTES)(request, response, turn);
  });
  expect((await download(client)).equals(BYTES)).toBe(true);
});

it('waits for a store that is not ready yet', async () => {
  const client = await clientOf((request, response, turn) => {
    if (turn < 3) response.writeHead(503).end();
    else sendBytes(BYTES)(request, response, turn);
  });
  expect((await download(client)).equals(BYTES)).toBe(true);
});

it('refuses wrong bytes after a second look', async () => {
  const wrong = Buffer.from(BYTES);
  wrong[123_456] = (wrong[123_456] ?? 0) ^ 1;
  let client = await clientOf(sendBytes(wrong));
  expect(await codeOf(download(client))).toBe('STORE_CONTENT_WRONG');
  expect(store?.asked).toHaveLength(2);
  await store?.close();

  client = await clientOf((request, response, turn) => {
    sendBytes(turn === 0 ? wrong : BYTES)(request, response, turn);
  });
  expect((await download(client)).equals(BYTES)).toBe(true);
});

it('refuses more or other bytes than it wants, and reads no endless answer', async () => {
  let client = await clientOf(sendBytes(Buffer.concat([BYTES, BYTES])));
  expect(await codeOf(download(client))).toBe('STORE_CONTENT_WRONG');
  await store?.close();

  const endless: Answer = (_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write(BYTES));
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  };
  client = await clientOf(endless);
  expect(await codeOf(download(client))).toBe('STORE_CONTENT_WRONG');
  expect(await codeOf(client.text('/store', 1_000))).toBe('STORE_CONTENT_WRONG');
});

it.each([
  [401, 'STORE_ACCESS_DENIED', 'operational'],
  [403, 'STORE_ACCESS_DENIED', 'operational'],
  [404, 'STORE_FILE_MISSING', 'operational'],
])('says at once what %s means', async (status, code, kind) => {
  const client = await clientOf((_request, response) => response.writeHead(status).end());
  await expect(download(client)).rejects.toMatchObject({ code, kind });
  await expect(client.check()).rejects.toMatchObject({ code });
  expect(store?.asked).toHaveLength(2);
});

it.each<[string, Answer]>([
  ['is silent', () => undefined],
  ['breaks off at once', (_request, response) => response.destroy()],
  ['redirects', (_request, response) => response.writeHead(302, { location: '/else' }).end()],
  ['stops in the middle', (_request, response) => response.writeHead(200).write('a')],
])('gives up a store that %s, as something that may pass', async (_what, answer) => {
  const client = await clientOf(answer, HURRIED);
  await expect(download(client)).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
    kind: 'operational',
  });
  expect(store?.asked.every(({ path: asked }) => asked === '/store/splits/x')).toBe(true);
});

it('gives up a store that is not there', async () => {
  const client = await clientOf(() => undefined, HURRIED);
  await store?.close();
  store = undefined;
  await expect(client.check()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  await expect(client.text('/store', 10)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
});

it('leaves at once when it is stopped', async () => {
  const client = await clientOf(() => undefined);
  const leaving = codeOf(download(client));
  setTimeout(() => {
    stop.abort();
  }, 50);
  expect(await leaving).toBe(20); // DOMException's code of an AbortError
});

it('takes no address with secrets or of another kind, and repeats none of it', () => {
  expect(parseStoreAddress('https://host:4000/')).toBe('https://host:4000');
  expect(parseStoreAddress('http://host/assay/')).toBe('http://host/assay');
  for (const address of [
    'host:4000',
    'ftp://h',
    'http://me:secret@h',
    'http://h?secret',
    'secret',
  ]) {
    expect(() => parseStoreAddress(address)).toThrow(
      expect.objectContaining({
        code: 'STORE_ADDRESS_INVALID',
        message: expect.not.stringContaining('secret') as string,
      }) as Error,
    );
  }
});
