import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { push } from '../../../src/dvc/push';
import { status } from '../../../src/dvc/status';
import {
  failureOf,
  filesUnder,
  makeProject,
  md5Of,
  trackedFolder,
  trackFolder,
  writeFiles,
} from './dvc-project';
import { type ObjectServer, serveObjects, type ServerFaults } from './object-server';

const FILES = { 'a.bin': Buffer.alloc(400_000, 'abcdefg'), 'b.txt': 'short' };
const HASHES = { 'a.bin': md5Of(FILES['a.bin']), 'b.txt': md5Of(FILES['b.txt']) };
const all = { targets: [], jobs: 2 };
const BASIC = `Basic ${Buffer.from('me:s3cret#').toString('base64')}`;

const servers: ObjectServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function served(faults: ServerFaults = {}, options: readonly string[] = []) {
  const tracked = trackedFolder(FILES);
  const server = await serveObjects(tracked.objects, faults);
  servers.push(server);
  const root = await makeProject(server.url, options);
  await trackFolder(root, tracked);
  return { tracked, root, server };
}

const cacheOf = (root: string) => filesUnder(path.join(root, '.dvc/cache'));
const setOf = (root: string) => filesUnder(path.join(root, 'data/set'));

it('pulls from a web server, then has nothing more to ask', async () => {
  const { root, server: web } = await served();
  expect(await pull({ ...all, cwd: root })).toMatchObject([{ files: 2, fetched: 3, placed: 2 }]);
  expect(await setOf(root)).toEqual(HASHES);
  const asked = web.requests.length;
  expect(asked).toBe(3);
  await pull({ ...all, cwd: root });
  expect(web.requests).toHaveLength(asked);
});

it('goes on after a cut connection where the server can start in the middle', async () => {
  const { root, server: web } = await served({ cutAfter: 150_000 });
  await pull({ ...all, cwd: root });
  expect(await setOf(root)).toEqual(HASHES);
  expect(web.requests.filter((request) => /bytes=[1-9]\d*-/.test(request)).length).toBeGreaterThan(
    0,
  );
});

it('gives a connection up that is cut each time, and leaves no half file', async () => {
  const { root, tracked } = await served({ cutAfter: 150_000, ranges: false });
  const failure = await failureOf(pull({ ...all, jobs: 1, cwd: root }));
  expect(failure.code).toBe('DVC_TRANSFER_FAILED');
  expect(await setOf(root)).toEqual({});
  expect(Object.keys(await cacheOf(root))).toEqual([tracked.listPath]);
});

it('refuses a flipped byte', async () => {
  const { root, tracked } = await served();
  const object = tracked.objectOf['a.bin'] ?? '';
  const bad = Buffer.from(FILES['a.bin']);
  bad[0] = 0;
  tracked.objects.set(object, bad);
  expect(await failureOf(pull({ ...all, cwd: root }))).toMatchObject({ code: 'DVC_CORRUPT' });
  expect(Object.keys(await cacheOf(root))).not.toContain(object);
  expect(Object.keys(await setOf(root))).not.toContain('a.bin');
});

it('says which object a server lacks', async () => {
  const { root, tracked } = await served();
  tracked.objects.delete(tracked.objectOf['b.txt'] ?? '');
  expect(await failureOf(pull({ ...all, cwd: root }))).toMatchObject({
    code: 'DVC_OBJECT_MISSING',
  });
});

it('ends when it is interrupted, and keeps no half file', async () => {
  const stop = new AbortController();
  const { root, tracked } = await served({
    intercept: (request, response) => {
      if (!request.url?.endsWith(tracked.objectOf['a.bin'] ?? '?')) return false;
      response.writeHead(200, { 'content-length': 400_000 });
      response.write(FILES['a.bin'].subarray(0, 9_000));
      setTimeout(() => {
        stop.abort();
      }, 50);
      return true;
    },
  });
  await failureOf(pull({ ...all, jobs: 1, cwd: root, signal: stop.signal }));
  expect(Object.keys(await cacheOf(root))).toEqual([tracked.listPath]);
});

it('logs in with user and password, which show in no error', async () => {
  const options = ['auth = basic', 'user = me', 'password = "s3cret#"'];
  const { root } = await served({ authorization: BASIC }, options);
  await pull({ ...all, cwd: root });
  expect(await setOf(root)).toEqual(HASHES);
  const { root: other } = await served({ authorization: BASIC }, [...options, 'password = wr0ng']);
  const failure = await failureOf(pull({ ...all, cwd: other }));
  expect(failure.code).toBe('DVC_ACCESS_DENIED');
  expect(JSON.stringify([failure.message, failure])).not.toMatch(/s3cret|wr0ng/);
});

it('does not take the password along to another server', async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = await serveObjects(new Map(), {
    intercept: (request) => {
      seen.push(request.headers.authorization);
      return false;
    },
  });
  const { root } = await served(
    {
      intercept: (request, response) => {
        response.writeHead(302, { location: `${elsewhere.url}${request.url ?? ''}` }).end();
        return true;
      },
    },
    ['auth = basic', 'user = me', 'password = secret'],
  );
  expect(await failureOf(pull({ ...all, cwd: root }))).toMatchObject({
    code: 'DVC_OBJECT_MISSING',
  });
  await elsewhere.close();
  expect(seen).toEqual([undefined, undefined]);
});

describe('pushing to a web server', () => {
  it('is refused unless the configuration says that it takes PUT', async () => {
    const { root, tracked } = await served();
    await writeFiles(path.join(root, 'data/set'), Object.entries(FILES));
    tracked.objects.clear();
    expect(await failureOf(push({ ...all, cwd: root }))).toMatchObject({
      code: 'DVC_PUSH_REFUSED',
    });
    expect(tracked.objects.size).toBe(0);
  });

  it('puts what the server lacks, the list last', async () => {
    const { root, tracked, server: web } = await served({}, ['method = PUT']);
    const hashes = () => new Map([...tracked.objects].map(([name, bytes]) => [name, md5Of(bytes)]));
    const wanted = hashes();
    await writeFiles(path.join(root, 'data/set'), Object.entries(FILES));
    tracked.objects.clear();
    expect(await push({ ...all, cwd: root })).toMatchObject([{ files: 2, sent: 3 }]);
    expect(hashes()).toEqual(wanted);
    expect(web.requests.at(-1)).toBe(`PUT /store/${tracked.listPath}`);
    const [state] = await status({ ...all, cwd: root, cloud: true });
    expect(state?.remote).toEqual({ present: 3, total: 3 });
  });
});
