/** Paths that change after they have been looked at: what counts is the file that is open. */
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CheckpointRoots } from '../../../src/checkpoints/checkpoint-roots';
import { CheckpointStore } from '../../../src/checkpoints/checkpoint-store';
import { openReal } from '../../../src/checkpoints/real-file';
import { stageFromPath } from '../../../src/checkpoints/stage-from-path';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { temporaryFolder } from '../../support/temporary-folder';

let root: string;
let outside: string;
let stored: string;

beforeEach(async () => {
  const folder = await temporaryFolder();
  [root, outside, stored] = ['root', 'outside', 'store'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(root);
  await mkdir(outside);
});

/** Looks at the path, lets it be exchanged, then opens it. */
async function stageAfter(given: string, exchange: () => Promise<void>) {
  const place = await new CheckpointRoots([root]).resolve(given);
  await exchange();
  const staging = await new CheckpointStore(stored).stage();
  try {
    return await stageFromPath(place, staging);
  } finally {
    await staging.discard();
  }
}

const FORBIDDEN = { code: 'CHECKPOINT_PATH_FORBIDDEN' };

describe('what was inside the roots when it was looked at', () => {
  it('is refused where its file has become a link to one outside', async () => {
    const secret = await writeOnnxModel(path.join(outside, 's.onnx'), path.join(outside, 'l'));
    const named = path.join(root, 'model.onnx');
    await writeFile(named, 'harmless');
    const exchanged = stageAfter('model.onnx', async () => {
      await rm(named);
      await symlink(secret, named);
    });
    await expect(exchanged).rejects.toMatchObject(FORBIDDEN);
    expect(await readdir(stored)).toEqual([]);
  });

  it('is refused where its folder has become a link to one outside', async () => {
    await writeLayersModel(path.join(outside, 'net'));
    await writeLayersModel(path.join(root, 'net'), { seed: 2 });
    const exchanged = stageAfter('net', async () => {
      await rename(path.join(root, 'net'), path.join(root, 'old'));
      await symlink(path.join(outside, 'net'), path.join(root, 'net'));
    });
    await expect(exchanged).rejects.toMatchObject(FORBIDDEN);
  });

  it('is refused where the description beside it leads outside', async () => {
    await writeFile(path.join(outside, 'secret.yaml'), 'architecture: fashion-cnn');
    await writeFile(path.join(root, 'net.pth'), 'weights');
    await symlink(path.join(outside, 'secret.yaml'), path.join(root, 'net.yaml'));
    const staged = stageAfter('net.pth', () => Promise.resolve());
    await expect(staged).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  it('is taken where nothing leads outside', async () => {
    await writeFile(path.join(root, 'net.pth'), 'weights');
    await writeFile(path.join(root, 'architecture.yaml'), 'architecture: fashion-cnn');
    expect(await stageAfter('net.pth', () => Promise.resolve())).toBe('pytorch-state-dict');
  });
});

it('a file whose name would forge a line of the digest is refused', async () => {
  await writeFile(path.join(root, 'a\nb.onnx'), 'x');
  await expect(stageAfter('a\nb.onnx', () => Promise.resolve())).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
});

it('the real path is that of the open file, whatever its name leads to by now', async () => {
  const file = path.join(root, 'a');
  await writeFile(file, 'a');
  const link = path.join(root, 'link');
  await symlink(file, link);
  const opened = await openReal(link);
  expect(opened).toMatchObject({ realPath: file, isFolder: false, sizeBytes: 1 });
  await opened.handle.close();
});

it('what is neither file nor folder is refused without waiting for it', async () => {
  await expect(openReal('/dev/zero')).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
});
