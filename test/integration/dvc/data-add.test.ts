import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { add } from '../../../src/dvc/add';
import { itWithMirror, mirrorFile } from '../../support/reference';
import { temporaryFolder } from '../../support/temporary-folder';
import { jsonOf, runAssay } from '../convert/run-assay';
import { failureOf, filesUnder, makeProject, md5Of, writeFiles } from './dvc-project';

const REPOSITORY = path.resolve(__dirname, '../../..');
const CHECKPOINT = 'checkpoints/sample-cnn';
const started = process.cwd();
afterEach(() => {
  process.chdir(started);
});

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    },
  }).toString();

it('takes a checkpoint from one clone to another: add, push, commit, clone, pull', async () => {
  const remote = await temporaryFolder();
  const root = await makeProject(remote);
  await cp(path.join(REPOSITORY, '.dvc/.gitignore'), path.join(root, '.dvc/.gitignore'));
  await cp(path.join(REPOSITORY, CHECKPOINT), path.join(root, 'checkpoints/mine'), {
    recursive: true,
  });
  git(root, 'init', '-q');
  process.chdir(path.join(root, 'checkpoints'));
  expect(await runAssay('data', 'add', 'mine')).toMatchObject({
    code: 0,
    stdout: 'checkpoints/mine: 3 files, tracked by checkpoints/mine.dvc\n',
  });
  expect(await runAssay('data', 'push')).toMatchObject({ code: 0 });
  await writeFile(path.join(root, '.dvc/config.local'), 'password = s3cret\n');
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'a checkpoint');
  // Weights, cache and secrets stay out of git.
  expect(git(root, 'ls-files').trim().split('\n')).toEqual([
    '.dvc/.gitignore',
    '.dvc/config',
    'checkpoints/.gitignore',
    'checkpoints/mine.dvc',
  ]);
  const clone = path.join(await temporaryFolder(), 'clone');
  git(root, 'clone', '-q', root, clone);
  process.chdir(clone);
  expect(await runAssay('data', 'pull')).toMatchObject({ code: 0 });
  const shown = (where: string) => runAssay('checkpoint', 'show', where, '--json').then(jsonOf);
  const original = (await shown(path.join(REPOSITORY, CHECKPOINT))) as { digest: string };
  expect(await shown('checkpoints/mine')).toMatchObject({ digest: original.digest });
  expect(git(clone, 'status', '--porcelain')).toBe('');
});

itWithMirror("writes Fashion-MNIST's .dvc file as dvc wrote the project's", async () => {
  const root = await makeProject('/nowhere');
  for (const name of ['train-images', 'train-labels', 't10k-images', 't10k-labels']) {
    const file = `${name}-idx${name.endsWith('images') ? 3 : 1}-ubyte`;
    const packed = await readFile(mirrorFile(`${file}.gz`));
    await writeFiles(path.join(root, 'data/fashion-mnist'), [
      [`${file}.gz`, packed],
      [file, gunzipSync(packed)],
    ]);
  }
  await add({ targets: ['data/fashion-mnist'], jobs: 4, cwd: root });
  for (const file of ['data/fashion-mnist.dvc', 'data/.gitignore']) {
    const ours = await readFile(path.join(root, file), 'utf8');
    expect(ours).toBe(await readFile(path.join(REPOSITORY, file), 'utf8'));
  }
});

describe('adding', () => {
  const one = { targets: ['models/a b#.onnx'], jobs: 1 };
  const project = async () => {
    const root = await makeProject('/nowhere');
    await writeFiles(root, [['models/a b#.onnx', 'weights']]);
    return { root, dvcFile: path.join(root, 'models/a b#.onnx.dvc') };
  };

  it('tracks a single file, and git ignores just that', async () => {
    const { root, dvcFile } = await project();
    await writeFiles(root, [['models/.gitignore', '/other']]);
    git(root, 'init', '-q');
    const md5 = md5Of('weights');
    expect(await add({ ...one, cwd: root })).toEqual([
      {
        path: 'models/a b#.onnx',
        dvcFile: 'models/a b#.onnx.dvc',
        md5,
        sizeBytes: 7,
        files: 1,
      },
    ]);
    const yaml = `outs:\n- md5: ${md5}\n  size: 7\n  hash: md5\n  path: a b#.onnx\n`;
    expect(await readFile(dvcFile, 'utf8')).toBe(yaml);
    const object = path.join(root, `.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`);
    expect((await stat(object)).mode & 0o777).toBe(0o444);
    expect(git(root, 'check-ignore', 'models/a b#.onnx').trim()).toBe('models/a b#.onnx');
    const ignored = await readFile(path.join(root, 'models/.gitignore'), 'utf8');
    await add({ ...one, cwd: root });
    expect(await readFile(path.join(root, 'models/.gitignore'), 'utf8')).toBe(ignored);
    expect(ignored.startsWith('/other\n')).toBe(true);
  });

  it('writes a new version into the .dvc file and keeps what a person wrote there', async () => {
    const { root, dvcFile } = await project();
    const yaml = `# the champion\nouts:\n- md5: ${'0f'.repeat(16)}\n  size: 1\n  path: a b#.onnx\n  remote: store\ndesc: mine\n`;
    await writeFile(dvcFile, yaml);
    await add({ ...one, cwd: root });
    const now = await readFile(dvcFile, 'utf8');
    expect(now).toContain('# the champion\n');
    expect(now).toContain('remote: store\n');
    expect(now).toContain('desc: mine\n');
    expect(now).toContain(`md5: ${md5Of('weights')}\n`);
    expect(now).toContain('hash: md5\n');
  });

  it.each([
    ['nothing', 'none', 'DVC_TARGET_UNKNOWN'],
    ['an empty folder', 'empty', 'DVC_TARGET_UNKNOWN'],
    ['the project itself', '.', 'DVC_PATH_OUTSIDE'],
    ['what lies outside', '..', 'DVC_PATH_OUTSIDE'],
    ['what is of git', '.git/x', 'DVC_PATH_OUTSIDE'],
    ['a part of what is tracked', 'set/part', 'DVC_OUTPUT_TWICE'],
    ['a folder with what is tracked', 'outer', 'DVC_OUTPUT_TWICE'],
    ['what git tracks', 'in-git', 'DVC_TRACKED_BY_GIT'],
    ['an import', 'imported', 'DVC_FILE_UNSUPPORTED'],
  ])('refuses %s and writes nothing', async (_, target, code) => {
    const root = await makeProject('/nowhere');
    const tracks = (name: string) => `outs:\n- md5: ${'0f'.repeat(16)}\n  path: ${name}\n`;
    await mkdir(path.join(root, 'empty'));
    await writeFiles(root, [
      ['set.dvc', tracks('set')],
      ['set/part', 'x'],
      ['outer/inner.dvc', tracks('inner')],
      ['outer/inner', 'x'],
      ['in-git/file', 'x'],
      ['imported', 'x'],
      ['imported.dvc', `deps:\n- path: y\n${tracks('imported')}`],
    ]);
    git(root, 'init', '-q');
    git(root, 'add', 'in-git');
    const before = await readdir(root);
    const failure = await failureOf(add({ targets: [target], jobs: 1, cwd: root }));
    expect(failure.code).toBe(code);
    expect(await readdir(root)).toEqual(before);
    await rm(root, { recursive: true });
  });

  it('works where there is no git', async () => {
    const { root } = await project();
    await add({ ...one, cwd: root });
    expect(Object.keys(await filesUnder(path.join(root, 'models'))).sort()).toEqual([
      '.gitignore',
      'a b#.onnx',
      'a b#.onnx.dvc',
    ]);
  });
});
