import { chmod, link, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { push } from '../../../src/dvc/push';
import { status } from '../../../src/dvc/status';
import { temporaryFolder } from '../../support/temporary-folder';
import {
  failureOf,
  filesUnder,
  listMd5,
  makeFolderRemote,
  makeProject,
  md5Of,
  trackedFolder,
  trackFolder,
  writeFiles,
} from './dvc-project';

const FILES = {
  'deep/er/c.bin': Buffer.alloc(3_000_000, 7),
  'a.txt': 'first\r\nsecond\r\n',
  'b.txt': '',
};
const SORTED = Object.fromEntries(Object.entries(FILES).sort(([a], [b]) => (a < b ? -1 : 1)));
const HASHES = Object.fromEntries(
  Object.entries(FILES).map(([name, bytes]) => [name, md5Of(bytes)]),
);
const all = { targets: [], jobs: 4 };

async function filledProject(options: readonly string[] = []) {
  const tracked = trackedFolder(SORTED);
  const remote = await makeFolderRemote(tracked);
  const root = await makeProject(remote, options);
  await trackFolder(root, tracked);
  return { tracked, remote, root, set: path.join(root, 'data/set') };
}

describe('pulling from a folder', () => {
  it('places all files and fills the cache as dvc does: same paths, same bytes, read-only', async () => {
    const { tracked, remote, root, set } = await filledProject();
    const progress: number[] = [];
    const pulled = await pull({ ...all, cwd: root, onProgress: (done) => progress.push(done) });
    expect(pulled).toEqual([{ path: 'data/set', files: 3, fetched: 4, placed: 3 }]);
    expect(await filesUnder(set)).toEqual(HASHES);
    expect(await filesUnder(path.join(root, '.dvc/cache'))).toEqual(await filesUnder(remote));
    const cached = path.join(root, '.dvc/cache', tracked.listPath);
    expect((await stat(cached)).mode & 0o777).toBe(0o444);
    expect(Math.max(...progress)).toBe(3_000_015);
  });

  it('needs no remote for what the cache or the workspace has, and repairs what was lost', async () => {
    const { tracked, remote, root, set } = await filledProject();
    await pull({ ...all, cwd: root });
    await rm(remote, { recursive: true });
    await rm(path.join(set, 'a.txt'));
    await rm(path.join(root, '.dvc/cache', tracked.objectOf['deep/er/c.bin'] ?? ''));
    const pulled = await pull({ ...all, cwd: root });
    expect(pulled).toEqual([{ path: 'data/set', files: 3, fetched: 0, placed: 1 }]);
    expect(await filesUnder(set)).toEqual(HASHES);
  });

  it('finds the older layout of DVC 2, whose text is hashed with Unix line ends', async () => {
    const unix = { 'a.txt': 'first\nsecond\n' };
    const tracked = trackedFolder(unix, 'dvc2');
    const object = tracked.objectOf['a.txt'] ?? '';
    tracked.objects.set(object, Buffer.from('first\r\nsecond\r\n'));
    const remote = await makeFolderRemote(tracked);
    const root = await makeProject(remote);
    await trackFolder(root, tracked, 'dvc2');
    await pull({ ...all, cwd: root });
    expect(await readFile(path.join(root, 'data/set/a.txt'), 'utf8')).toBe('first\r\nsecond\r\n');
    expect(await filesUnder(path.join(root, '.dvc/cache'))).toEqual(await filesUnder(remote));
    const [state] = await status({ ...all, cwd: root });
    expect(state?.workspace).toBe('unchanged');
  });

  it('links files to the cache where cache.type says so', async () => {
    const { root, set, tracked } = await filledProject();
    await writeFiles(root, [['.dvc/config.local', '[cache]\n    type = hardlink,copy\n']]);
    await pull({ ...all, cwd: root });
    const inode = async (file: string) => (await stat(file)).ino;
    const cached = path.join(root, '.dvc/cache', tracked.objectOf['a.txt'] ?? '');
    expect(await inode(path.join(set, 'a.txt'))).toBe(await inode(cached));
  });

  it('takes a single tracked file, named by its .dvc file or by itself', async () => {
    const bytes = Buffer.from('weights');
    const md5 = md5Of(bytes);
    const remote = await temporaryFolder();
    await writeFiles(remote, [[`files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`, bytes]]);
    const root = await makeProject(remote);
    const yaml = `outs:\n- md5: ${md5}\n  size: 7\n  hash: md5\n  path: cnn.onnx\n`;
    await writeFiles(root, [['models/cnn.onnx.dvc', yaml]]);
    for (const target of ['models/cnn.onnx.dvc', 'models/cnn.onnx', 'models']) {
      await rm(path.join(root, 'models/cnn.onnx'), { force: true });
      const pulled = await pull({ targets: [target], jobs: 1, cwd: root });
      expect(pulled).toEqual([expect.objectContaining({ path: 'models/cnn.onnx', placed: 1 })]);
    }
    const failure = await failureOf(pull({ targets: ['models/other'], jobs: 1, cwd: root }));
    expect(failure.code).toBe('DVC_TARGET_UNKNOWN');
  });

  it('refuses a flipped byte, leaves no half file and goes on from there once it is mended', async () => {
    const { tracked, remote, root, set } = await filledProject();
    const object = path.join(remote, tracked.objectOf['deep/er/c.bin'] ?? '');
    const good = await readFile(object);
    const bad = Buffer.from(good);
    bad[1_500_000] = 8;
    await writeFile(object, bad);
    const failure = await failureOf(pull({ ...all, jobs: 1, cwd: root }));
    expect(failure.code).toBe('DVC_CORRUPT');
    expect(failure.message).toContain(md5Of(good));
    const kept = { 'a.txt': HASHES['a.txt'], 'b.txt': HASHES['b.txt'] };
    expect(await filesUnder(set)).toEqual(kept);
    expect(Object.keys(await filesUnder(path.join(root, '.dvc/cache')))).toHaveLength(3);
    await writeFile(object, good);
    expect(await pull({ ...all, cwd: root })).toEqual([
      { path: 'data/set', files: 3, fetched: 1, placed: 1 },
    ]);
  });

  it('throws a spoilt object out of the cache and fetches it again', async () => {
    const { tracked, root, set } = await filledProject();
    await pull({ ...all, cwd: root });
    const cached = path.join(root, '.dvc/cache', tracked.objectOf['a.txt'] ?? '');
    await chmod(cached, 0o644);
    await writeFile(cached, 'spoilt');
    await rm(path.join(set, 'a.txt'));
    expect(await pull({ ...all, cwd: root })).toMatchObject([{ fetched: 1, placed: 1 }]);
    expect(await filesUnder(set)).toEqual(HASHES);
  });

  it('does not replace a file that was changed by hand, unless forced', async () => {
    const { root, set } = await filledProject();
    await pull({ ...all, cwd: root });
    await writeFile(path.join(set, 'a.txt'), 'my own work');
    await rm(path.join(set, 'b.txt'));
    const failure = await failureOf(pull({ ...all, cwd: root }));
    expect(failure).toMatchObject({ code: 'DVC_WORKSPACE_CHANGED' });
    expect(failure.message).toContain('data/set/a.txt');
    expect(await readFile(path.join(set, 'a.txt'), 'utf8')).toBe('my own work');
    await pull({ ...all, cwd: root, force: true });
    expect(await filesUnder(set)).toEqual(HASHES);
  });

  it('writes nothing through a link that leads out of the project', async () => {
    const { root, set } = await filledProject();
    const outside = await temporaryFolder();
    await mkdir(set, { recursive: true });
    await symlink(outside, path.join(set, 'deep'));
    const failure = await failureOf(pull({ ...all, cwd: root }));
    expect(failure.code).toBe('DVC_PATH_OUTSIDE');
    expect(await filesUnder(outside)).toEqual({});
  });

  it('says what is missing, and where an import came from', async () => {
    const { tracked, remote, root } = await filledProject();
    await rm(path.join(remote, tracked.listPath));
    expect(await failureOf(pull({ ...all, cwd: root }))).toMatchObject({
      code: 'DVC_OBJECT_MISSING',
    });
    const yaml =
      'frozen: true\ndeps:\n- path: data\n  repo:\n    url: https://me:secret@git.example/r\n    rev_lock: abc\n' +
      `outs:\n- md5: ${'0f'.repeat(16)}\n  hash: md5\n  path: imported\n`;
    await writeFiles(root, [['imported.dvc', yaml]]);
    const failure = await failureOf(pull({ targets: ['imported.dvc'], jobs: 1, cwd: root }));
    expect(failure.message).toContain('imported from data of https://git.example/r');
    await rm(remote, { recursive: true });
    expect(await failureOf(pull({ ...all, cwd: root }))).toMatchObject({
      code: 'DVC_REMOTE_UNAVAILABLE',
    });
  });
});

describe('pushing to a folder', () => {
  it('sends what the remote lacks, from a workspace that no cache knows yet', async () => {
    const { tracked, remote: full, root, set } = await filledProject();
    const empty = await temporaryFolder();
    await writeFiles(root, [['.dvc/config.local', `['remote "new"']\n    url = ${empty}\n`]]);
    await writeFiles(set, Object.entries(FILES));
    const pushing = { ...all, cwd: root, remote: 'new' };
    expect(await push(pushing)).toEqual([{ path: 'data/set', files: 3, sent: 4 }]);
    expect(await filesUnder(empty)).toEqual(await filesUnder(full));
    expect(await push(pushing)).toMatchObject([{ sent: 0 }]);
    await writeFile(path.join(empty, tracked.objectOf['deep/er/c.bin'] ?? ''), 'half');
    expect(await push(pushing)).toMatchObject([{ sent: 1 }]);
    expect(await filesUnder(empty)).toEqual(await filesUnder(full));
  });

  it('refuses to push what is neither in the cache nor unchanged in the workspace', async () => {
    const { root, set } = await filledProject();
    await pull({ ...all, cwd: root });
    await rm(path.join(root, '.dvc/cache'), { recursive: true });
    await writeFile(path.join(set, 'a.txt'), 'changed');
    expect(await failureOf(push({ ...all, cwd: root }))).toMatchObject({
      code: 'DVC_NOT_IN_CACHE',
    });
  });
});

describe('the status', () => {
  it('tells workspace, cache and remote apart', async () => {
    const { tracked, remote, root, set } = await filledProject();
    const state = () => status({ ...all, cwd: root, cloud: true });
    expect(await state()).toMatchObject([
      {
        path: 'data/set',
        dvcFile: 'data/set.dvc',
        md5: `${listMd5(tracked)}.dir`,
        workspace: 'missing',
        cache: { present: 0, total: undefined },
        remote: { present: 1, total: undefined },
      },
    ]);
    await pull({ ...all, cwd: root });
    await rm(path.join(remote, tracked.objectOf['b.txt'] ?? ''));
    expect(await state()).toMatchObject([
      {
        workspace: 'unchanged',
        cache: { present: 4, total: 4 },
        remote: { present: 3, total: 4 },
      },
    ]);
    await writeFile(path.join(set, 'a.txt'), 'changed');
    await rm(path.join(set, 'b.txt'));
    await link(path.join(set, 'a.txt'), path.join(set, 'new.txt'));
    const [changed] = await state();
    expect(changed?.workspace).toBe('changed');
    expect(changed?.changes).toEqual({
      added: ['new.txt'],
      modified: ['a.txt'],
      deleted: ['b.txt'],
    });
  });
});
