/** The store on the disk: all of a checkpoint or none, never a byte that was not there before. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CheckpointStore } from '../../../src/checkpoints/checkpoint-store';
import { temporaryFolder } from '../../support/temporary-folder';

let root: string;
let store: CheckpointStore;

beforeEach(async () => {
  root = path.join(await temporaryFolder(), 'checkpoints');
  store = new CheckpointStore(root);
});

async function* chunks(...texts: string[]) {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function put(files: Record<string, string[]>): Promise<string> {
  const staging = await store.stage();
  for (const [name, texts] of Object.entries(files)) await staging.add(name, chunks(...texts));
  await staging.keep();
  await staging.discard();
  return staging.digest;
}

const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

describe('what is kept', () => {
  it('lies under the SHA-256 of its one file, and comes back', async () => {
    expect(await put({ 'a.onnx': ['hel', 'lo'] })).toBe(HELLO);
    const { digest, files, sizeBytes, format } = await store.load(HELLO, 'onnx');
    expect({ digest, sizeBytes, format }).toEqual({ digest: HELLO, sizeBytes: 5, format: 'onnx' });
    expect([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
      ['a.onnx', 'hello'],
    ]);
    expect(await readdir(root)).toEqual([HELLO]);
  });

  it('of several files has another digest for each change of a name or a byte', async () => {
    const digests = [
      await put({ 'a.pth': ['x'], 'a.yaml': ['y'] }),
      await put({ 'a.pth': ['x'], 'b.yaml': ['y'] }),
      await put({ 'a.pth': ['x'], 'a.yaml': ['z'] }),
      await put({ 'a.pth': ['xy'], 'a.yaml': [''] }),
    ];
    expect(new Set(digests).size).toBe(4);
  });

  it('is put right where it has been damaged and comes again', async () => {
    await put({ 'a.onnx': ['hello'] });
    await writeFile(path.join(root, HELLO, 'a.onnx'), 'jello');
    await expect(store.load(HELLO, 'onnx')).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    await put({ 'b.onnx': ['hello'] });
    expect([...(await store.load(HELLO, 'onnx')).files.keys()]).toEqual(['b.onnx']);
    expect(await readdir(root)).toEqual([HELLO]);
  });

  it('is kept once by many who store it at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => put({ 'a.onnx': ['hello'] })));
    expect(await readdir(root)).toEqual([HELLO]);
  });

  it.each([
    ['another file', () => writeFile(path.join(root, HELLO, 'b.yaml'), 'more')],
    ['a folder', () => mkdir(path.join(root, HELLO, 'b'))],
    ['a link', () => symlink('/etc/passwd', path.join(root, HELLO, 'b.onnx'))],
  ])('is refused where %s has come to it', async (_, change) => {
    await put({ 'a.onnx': ['hello'] });
    await change();
    await expect(store.load(HELLO, 'onnx')).rejects.toMatchObject({
      code: expect.stringMatching(/^CHECKPOINT_(CORRUPT|UNREADABLE)$/) as string,
    });
  });
});

describe('what is not kept', () => {
  it('is gone when its source fails half-way', async () => {
    const staging = await store.stage();
    async function* failing() {
      yield await Promise.resolve(Buffer.from('half'));
      throw new Error('cut off');
    }
    await expect(staging.add('a.onnx', failing())).rejects.toThrow('cut off');
    await staging.discard();
    expect(await readdir(root)).toEqual([]);
  });

  it('can not be written outside', async () => {
    const staging = await store.stage();
    for (const name of ['../x.onnx', 'a/b.onnx', '/tmp/x.onnx']) {
      await expect(staging.add(name, chunks('x'))).rejects.toThrow(RangeError);
    }
    await staging.discard();
  });

  it('fails clearly where the folder can not be made', async () => {
    await writeFile(root, 'a file where the folder should be');
    await expect(store.stage()).rejects.toMatchObject({
      code: 'CHECKPOINT_STORE_FAILED',
      kind: 'operational',
    });
  });

  it('and was left by a crash is removed by a later start, but not while somebody writes', async () => {
    const staging = await store.stage();
    await staging.add('a.onnx', chunks('half of a large fi'));
    const [left = ''] = await readdir(root);
    await put({ 'a.onnx': ['hello'] });
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000);

    await utimes(path.join(root, left), old, old);
    await store.removeLeftovers();
    expect(await readFile(path.join(root, left, 'a.onnx'), 'utf8')).toBe('half of a large fi');

    await utimes(path.join(root, left, 'a.onnx'), old, old);
    await utimes(path.join(root, HELLO), old, old);
    await utimes(path.join(root, HELLO, 'a.onnx'), old, old);
    await store.removeLeftovers();
    expect(existsSync(path.join(root, left))).toBe(false);
    expect(await readdir(root)).toEqual([HELLO]);
    await staging.discard();
  });
});
