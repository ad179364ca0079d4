import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { push } from '../../../src/dvc/push';
import { status } from '../../../src/dvc/status';
import {
  failureOf,
  filesUnder,
  makeProject,
  trackedFolder,
  trackFolder,
  writeFiles,
} from './dvc-project';
import { FILES, HASHES, hashesOf, OPTIONS, served, servers } from './s3-project';
import { serveS3 } from './s3-server';

describe('a remote in a bucket', () => {
  it('gives all files', async () => {
    const { options, set } = await served();
    expect(await pull(options)).toMatchObject([{ files: 3, fetched: 4, placed: 3 }]);
    expect(await filesUnder(set)).toEqual(HASHES);
  });

  it('takes what it lacks, the list last, with checksums', async () => {
    const { options, set, objects, server, tracked } = await served();
    const wanted = hashesOf(objects);
    await writeFiles(set, Object.entries(FILES));
    objects.clear();
    expect(await push(options)).toMatchObject([{ files: 3, sent: 4 }]);
    expect(hashesOf(objects)).toEqual(wanted);
    const puts = server.requests.flatMap((line, index) =>
      line.startsWith('PUT ') ? [server.headers[index]] : [],
    );
    expect(puts.map((headers) => headers?.['content-md5'])).not.toContain(undefined);
    expect(server.requests.at(-1)).toContain(tracked.listPath);
    expect(await push(options)).toMatchObject([{ sent: 0 }]);
    const [state] = await status({ ...options, cloud: true });
    expect(state?.remote).toEqual({ present: 4, total: 4 });
  });

  it('goes on where a download was cut', async () => {
    const { options, set, server } = await served({ cutAfter: 150_000 });
    await pull(options);
    expect(await filesUnder(set)).toEqual(HASHES);
    const ranges = server.headers.map(({ range }) => range).filter((range) => range !== undefined);
    expect(ranges).not.toEqual([]);
  });

  it('refuses a flipped byte', async () => {
    const { options, set, objects, key } = await served();
    const bad = Buffer.from(FILES['a.bin']);
    bad[9] = 0;
    objects.set(key('a.bin'), bad);
    expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_CORRUPT' });
    expect(Object.keys(await filesUnder(set))).not.toContain('a.bin');
  });

  it('says which object and which bucket is not there', async () => {
    const { options, objects, key, root } = await served();
    objects.delete(key('b.txt'));
    expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_OBJECT_MISSING' });
    await writeFiles(root, [['.dvc/config.local', '']]);
    const { server } = await served();
    const other = await makeProject('s3://other/x', [
      `endpointurl = ${server.endpoint}`,
      ...OPTIONS,
    ]);
    await trackFolder(other, trackedFolder(FILES));
    const failure = await failureOf(pull({ ...options, cwd: other }));
    expect(failure).toMatchObject({ code: 'DVC_REMOTE_UNAVAILABLE' });
    expect(failure.message).toContain('There is no bucket other');
  });

  it('is asked again where it falters, and given up in the end', async () => {
    let refused = 0;
    const { options, set } = await served({
      intercept: (_, response) => {
        if (refused++ > 0) return false;
        response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
        return true;
      },
    });
    await pull(options);
    expect(await filesUnder(set)).toEqual(HASHES);
    const always = await served({
      intercept: (_, response) => {
        response.writeHead(500).end('<Error><Code>InternalError</Code></Error>');
        return true;
      },
    });
    const failure = await failureOf(pull(always.options));
    expect(failure.code).toBe('DVC_TRANSFER_FAILED');
    expect(failure.message).toContain('500 InternalError');
    expect(always.server.requests).toHaveLength(3);
  });

  it('is asked in the region that it names', async () => {
    const { options, set, server } = await served({ region: 'eu-central-1' });
    await pull(options);
    expect(await filesUnder(set)).toEqual(HASHES);
    const refused = server.headers.filter(({ authorization }) =>
      authorization?.includes('/us-east-1/'),
    );
    expect(refused.length).toBeLessThanOrEqual(2);
  });

  it('follows no redirect, which would hand the signature to others', async () => {
    const elsewhere = await serveS3(new Map());
    servers.push(elsewhere);
    const { options } = await served({
      intercept: (_, response) => {
        response.writeHead(307, { location: `${elsewhere.endpoint}/x` }).end();
        return true;
      },
    });
    expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_TRANSFER_FAILED' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('ends when it is interrupted, and keeps no half file', async () => {
    const stop = new AbortController();
    const { options, root, tracked } = await served({
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
    await failureOf(pull({ ...options, jobs: 1, signal: stop.signal }));
    const cached = Object.keys(await filesUnder(path.join(root, '.dvc/cache')));
    expect(cached).toEqual([tracked.listPath]);
  });
});

describe('many objects of one folder', () => {
  /** 600 files fall into 256 folders; some have four and more. */
  const MANY = Object.fromEntries(
    Array.from({ length: 600 }, (_, i) => [`${String(i).padStart(4, '0')}.txt`, `file ${i}`]),
  );

  it('are looked up by lists, page by page', async () => {
    const { options, set, objects, server, key } = await served({ pageKeys: 2 }, OPTIONS, MANY);
    await writeFiles(set, Object.entries(MANY));
    for (const name of ['0007.txt', '0421.txt']) objects.delete(key(name));
    expect(await push({ ...options, jobs: 8 })).toMatchObject([{ files: 600, sent: 2 }]);
    const asked = (word: string) => server.requests.filter((line) => line.includes(word));
    expect(asked('continuation-token').length).toBeGreaterThan(20);
    expect(asked('HEAD ').length).toBeLessThan(500);
    expect(asked('PUT ')).toHaveLength(2);
  });
});
