import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AssayError } from '../../../src/errors';
import { checkReplaceable, writeCheckpointFolder } from '../../../src/training/checkpoint-folder';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'assay-checkpoint-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const filesOf = (weights: string): Map<string, Uint8Array> =>
  new Map([
    ['model.json', Buffer.from('{}')],
    ['weights.bin', Buffer.from(weights)],
    ['metadata.json', Buffer.from('{"name":"x"}')],
  ]);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AssayError ? error.code : String(error);
}

test('a new folder is made, with its parents, and nothing else is left beside it', async () => {
  const folder = path.join(root, 'a', 'b', 'cnn');
  await writeCheckpointFolder(folder, filesOf('w1'));
  expect((await readdir(folder)).sort()).toEqual(['metadata.json', 'model.json', 'weights.bin']);
  expect(await readFile(path.join(folder, 'weights.bin'), 'utf8')).toBe('w1');
  expect(await readdir(path.dirname(folder))).toEqual(['cnn']);
});

test('an earlier checkpoint is replaced as a whole', async () => {
  const folder = path.join(root, 'cnn');
  await writeCheckpointFolder(folder, filesOf('w1'));
  await writeCheckpointFolder(folder, new Map([...filesOf('w2')].slice(0, 2)));
  expect((await readdir(folder)).sort()).toEqual(['model.json', 'weights.bin']);
  expect(await readFile(path.join(folder, 'weights.bin'), 'utf8')).toBe('w2');
  expect(await readdir(root)).toEqual(['cnn']);
});

test('a folder with files of another kind is refused and left as it is', async () => {
  await writeFile(path.join(root, 'thesis.tex'), 'years of work');
  expect(await codeOf(checkReplaceable(root))).toBe('TRAINING_OUTPUT_OCCUPIED');
  expect(await codeOf(writeCheckpointFolder(root, filesOf('w')))).toBe('TRAINING_OUTPUT_OCCUPIED');
  expect(await readdir(root)).toEqual(['thesis.tex']);
});

test('a file in the place of the folder is refused', async () => {
  const file = path.join(root, 'cnn');
  await writeFile(file, 'not a folder');
  expect(await codeOf(writeCheckpointFolder(file, filesOf('w')))).toBe('TRAINING_OUTPUT_OCCUPIED');
  expect(await readFile(file, 'utf8')).toBe('not a folder');
});

test('where writing fails the earlier checkpoint stays and nothing is left beside it', async () => {
  const folder = path.join(root, 'cnn');
  await writeCheckpointFolder(folder, filesOf('w1'));
  // A name that leads into a folder which does not exist fails after the first files were written.
  const broken = new Map([...filesOf('w2'), [path.join('missing', 'x'), Buffer.from('')]]);
  expect(await codeOf(writeCheckpointFolder(folder, broken))).toBe('CHECKPOINT_NOT_WRITTEN');
  expect(await readFile(path.join(folder, 'weights.bin'), 'utf8')).toBe('w1');
  expect(await readdir(root)).toEqual(['cnn']);
});

test('a link to a folder is followed: the checkpoint is replaced where it lies', async () => {
  const real = path.join(root, 'store', 'cnn');
  await mkdir(path.dirname(real));
  await writeCheckpointFolder(real, filesOf('w1'));
  const link = path.join(root, 'champion');
  await symlink(real, link);
  await writeCheckpointFolder(link, filesOf('w2'));
  expect(await readFile(path.join(real, 'weights.bin'), 'utf8')).toBe('w2');
  expect(await readFile(path.join(link, 'weights.bin'), 'utf8')).toBe('w2');
});
