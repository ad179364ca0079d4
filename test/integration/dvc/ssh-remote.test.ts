import { chmod, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { push } from '../../../src/dvc/push';
import type { RemoteEnvironment } from '../../../src/dvc/remotes/environment';
import { status } from '../../../src/dvc/status';
import { temporaryFolder } from '../../support/temporary-folder';
import {
  failureOf,
  filesUnder,
  makeFolderRemote,
  makeProject,
  md5Of,
  trackedFolder,
  trackFolder,
  writeFiles,
} from './dvc-project';
import { canMount, mountSmallDisk, unmountAll } from './small-disk';
import {
  cuttingLine,
  homeWith,
  isRoot,
  sshdMissing,
  type SshServer,
  startSshd,
  stopSsh,
} from './ssh-server';

const FILES = {
  'a.bin': Buffer.alloc(3_000_000, 'abcdefg'),
  'b.txt': 'short',
  'c.empty': '',
  'd.bin': Buffer.alloc(70_001, 'xyz'),
};
const HASHES = Object.fromEntries(
  Object.entries(FILES).map(([name, bytes]) => [name, md5Of(bytes)]),
);
const all = { targets: [], jobs: 4 };
const withSshd = sshdMissing ? describe.skip : describe;
const itWithMount = isRoot && canMount() ? it : it.skip;

withSshd(`a remote by SSH${sshdMissing}`, () => {
  let server: SshServer;
  let environment: RemoteEnvironment;
  beforeAll(async () => {
    server = await startSshd();
    environment = await homeWith(await server.hostKeys());
  });
  afterAll(stopSsh);
  afterEach(unmountAll);

  async function served(port = server.port, folder?: string) {
    const tracked = trackedFolder(FILES);
    const remote = folder ?? (await makeFolderRemote(tracked));
    const root = await makeProject(`ssh://${server.user}@127.0.0.1:${port}${remote}`, [
      `keyfile = ${server.key}`,
    ]);
    await trackFolder(root, tracked);
    return { tracked, remote, root, ...sets(root) };
  }

  function sets(root: string) {
    return {
      set: path.join(root, 'data/set'),
      options: { ...all, cwd: root, environment },
      cached: () => filesUnder(path.join(root, '.dvc/cache')),
    };
  }

  /** An empty remote, and a workspace that has all files. */
  async function toPush(port = server.port, folder?: string) {
    const made = await served(port, folder ?? path.join(await temporaryFolder(), 'new/store'));
    await writeFiles(made.set, Object.entries(FILES));
    return { ...made, wanted: await filesUnder(await makeFolderRemote(made.tracked)) };
  }

  async function throughLine(cut: Parameters<typeof cuttingLine>[1]) {
    const line = await cuttingLine(server, cut);
    const knownHosts = await server.hostKeys(line.port);
    return { line, environment: await homeWith(knownHosts) };
  }

  it('gives all files, pulled over one connection', async () => {
    const { line, environment: home } = await throughLine({
      afterBytes: 0,
      from: 'server',
      times: 0,
    });
    const { options, set, cached, remote } = await served(line.port);
    const pulled = await pull({ ...options, environment: home });
    expect(pulled).toEqual([{ path: 'data/set', files: 4, fetched: 5, placed: 4 }]);
    expect(await filesUnder(set)).toEqual(HASHES);
    expect(await cached()).toEqual(await filesUnder(remote));
    expect(line.connections).toBe(1);
  });

  it('takes what it lacks, in folders that it makes, and nothing twice', async () => {
    const { options, remote, wanted, tracked } = await toPush();
    expect(await push(options)).toEqual([{ path: 'data/set', files: 4, sent: 5 }]);
    expect(await filesUnder(remote)).toEqual(wanted);
    expect(await push(options)).toMatchObject([{ sent: 0 }]);
    await writeFile(path.join(remote, tracked.objectOf['a.bin'] ?? ''), 'half');
    expect(await push(options)).toMatchObject([{ sent: 1 }]);
    expect(await filesUnder(remote)).toEqual(wanted);
    const [state] = await status({ ...options, cloud: true });
    expect(state?.remote).toEqual({ present: 5, total: 5 });
  });

  it('goes on where a download was cut', async () => {
    const { line, environment: home } = await throughLine({
      afterBytes: 1_500_000,
      from: 'server',
      times: 1,
    });
    const { options, set } = await served(line.port);
    const progress: number[] = [];
    await pull({ ...options, environment: home, onProgress: (done) => progress.push(done) });
    expect(await filesUnder(set)).toEqual(HASHES);
    expect(line.connections).toBe(2);
    // Nothing that had come was thrown away.
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('goes on where an upload was cut', async () => {
    const { line, environment: home } = await throughLine({
      afterBytes: 2_000_000,
      from: 'client',
      times: 1,
    });
    const { options, remote, wanted } = await toPush(line.port);
    await push({ ...options, jobs: 1, environment: home });
    expect(await filesUnder(remote)).toEqual(wanted);
    expect(line.connections).toBe(2);
    // Anew from the first byte it would have been some 5 MB.
    expect(line.clientBytes).toBeLessThan(4_500_000);
  });

  it('is given up when each connection is cut, without half a file on this side', async () => {
    const cut = { afterBytes: 300_000, from: 'server', times: Infinity } as const;
    const { line, environment: home } = await throughLine(cut);
    const { options, set, cached, tracked } = await served(line.port);
    const failure = await failureOf(pull({ ...options, jobs: 1, environment: home }));
    expect(failure.code).toBe('DVC_TRANSFER_FAILED');
    expect(await filesUnder(set)).toEqual({});
    expect(Object.keys(await cached())).toEqual([tracked.listPath]);
    expect(line.connections).toBeGreaterThan(2);
  });

  it('is given up when each connection is cut, without half a file on the other side', async () => {
    const cut = { afterBytes: 300_000, from: 'client', times: Infinity } as const;
    const { line, environment: home } = await throughLine(cut);
    const { options, remote } = await toPush(line.port);
    const failure = await failureOf(push({ ...options, jobs: 1, environment: home }));
    expect(failure.code).toBe('DVC_TRANSFER_FAILED');
    expect(await filesUnder(remote)).toEqual({});
  });

  it('says so when nobody answers', async () => {
    const { root, options } = await served(1);
    const failure = await failureOf(pull(options));
    expect(failure.code).toBe('DVC_TRANSFER_FAILED');
    expect(failure.message).toContain('ECONNREFUSED');
    expect(await filesUnder(path.join(root, 'data/set'))).toEqual({});
  });

  it('has a flipped byte refused', async () => {
    const { options, remote, tracked, set, cached } = await served();
    const object = tracked.objectOf['a.bin'] ?? '';
    const bad = await readFile(path.join(remote, object));
    bad[2_000_000] = 0;
    await writeFile(path.join(remote, object), bad);
    expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_CORRUPT' });
    expect(Object.keys(await filesUnder(set))).not.toContain('a.bin');
    expect(Object.keys(await cached())).not.toContain(object);
  });

  it('says which object is missing, and that its folder is', async () => {
    const { options, remote, tracked } = await served();
    await rm(path.join(remote, tracked.objectOf['b.txt'] ?? ''));
    expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_OBJECT_MISSING' });
    await rm(remote, { recursive: true });
    expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_REMOTE_UNAVAILABLE' });
  });

  it('ends when it is interrupted, with no half file on either side', async () => {
    const stop = new AbortController();
    const { options, set, cached, tracked } = await served();
    const interrupted = { jobs: 1, signal: stop.signal };
    const onProgress = (done: number) => {
      if (done > 500_000) stop.abort(new Error('stopped by hand'));
    };
    const failure = await failureOf(pull({ ...options, ...interrupted, onProgress }));
    expect(failure.message).toBe('stopped by hand');
    expect(await filesUnder(set)).toEqual({});
    expect(Object.keys(await cached())).toEqual([tracked.listPath]);

    const again = new AbortController();
    const cut = { afterBytes: 0, from: 'client', times: 0 } as const;
    const { line, environment: home } = await throughLine(cut);
    const { options: pushing, remote } = await toPush(line.port);
    const watch = setInterval(() => {
      if (line.clientBytes > 500_000) again.abort(new Error('stopped by hand'));
    }, 1);
    const work = push({ ...pushing, jobs: 1, signal: again.signal, environment: home });
    expect((await failureOf(work)).message).toBe('stopped by hand');
    clearInterval(watch);
    expect(await filesUnder(remote)).toEqual({});
  });

  it('loses the parts that killed writers left long ago, and no other', async () => {
    const { options, remote, tracked, wanted } = await toPush();
    const folder = path.dirname(path.join(remote, tracked.objectOf['a.bin'] ?? ''));
    await mkdir(folder, { recursive: true });
    for (const name of ['.old.part', '.new.part']) await writeFile(path.join(folder, name), 'x');
    await utimes(path.join(folder, '.old.part'), 0, 0);
    await push(options);
    expect(await readdir(folder)).toContain('.new.part');
    await rm(path.join(folder, '.new.part'));
    expect(await filesUnder(remote)).toEqual(wanted);
  });

  itWithMount('says when its disk is full, and keeps no half file', async () => {
    const disk = await temporaryFolder();
    mountSmallDisk(disk);
    const { options, tracked } = await toPush(server.port, path.join(disk, 'store'));
    const failure = await failureOf(push({ ...options, jobs: 1 }));
    expect(failure.code).toBe('DVC_DISK_FULL');
    expect(failure.message).toContain(`ssh://127.0.0.1:${server.port}${disk}`);
    const kept = Object.keys(await filesUnder(path.join(disk, 'store')));
    expect(kept).not.toContain(tracked.listPath);
    expect(kept.filter((file) => file.includes('.part'))).toEqual([]);
    expect(kept).not.toContain(tracked.objectOf['a.bin']);
  });

  const itAsOther = isRoot ? it.skip : it;
  itAsOther('says when its folder may not be written', async () => {
    const folder = await temporaryFolder();
    const { options } = await toPush(server.port, folder);
    await chmod(folder, 0o555);
    expect(await failureOf(push(options))).toMatchObject({ code: 'DVC_ACCESS_DENIED' });
    await chmod(folder, 0o755);
  });
});
