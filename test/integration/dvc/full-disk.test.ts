import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { push } from '../../../src/dvc/push';
import {
  failureOf,
  filesUnder,
  makeFolderRemote,
  makeProject,
  trackedFolder,
  trackFolder,
  writeFiles,
} from './dvc-project';
import { canMount, mountSmallDisk, unmountAll } from './small-disk';
import { temporaryFolder } from '../../support/temporary-folder';

const FILES = { 'a.txt': 'fits', 'b.bin': Buffer.alloc(2_000_000, 1) };
const all = { targets: [], jobs: 1 };

/** Only root may mount, and not in every container. */
const itWithMount = canMount() ? it : it.skip;
afterEach(unmountAll);

async function project() {
  const tracked = trackedFolder(FILES);
  const root = await makeProject(await makeFolderRemote(tracked));
  await trackFolder(root, tracked);
  return { root, tracked };
}

itWithMount('a full disk under the cache leaves no half file', async () => {
  const { root, tracked } = await project();
  const cache = path.join(root, '.dvc/cache');
  await mkdir(cache);
  mountSmallDisk(cache);
  const failure = await failureOf(pull({ ...all, cwd: root }));
  expect(failure.code).toBe('DVC_DISK_FULL');
  expect(Object.keys(await filesUnder(cache)).sort()).toEqual(
    [tracked.listPath, tracked.objectOf['a.txt'] ?? ''].sort(),
  );
});

itWithMount('a full disk under the workspace leaves no half file', async () => {
  const { root } = await project();
  const set = path.join(root, 'data/set');
  await mkdir(set);
  mountSmallDisk(set);
  expect(await failureOf(pull({ ...all, cwd: root }))).toMatchObject({ code: 'DVC_DISK_FULL' });
  expect(Object.keys(await filesUnder(set))).toEqual(['a.txt']);
});

itWithMount('a full disk under a remote leaves no half object and no list', async () => {
  const { root, tracked } = await project();
  const disk = await temporaryFolder();
  mountSmallDisk(disk);
  await pull({ ...all, cwd: root });
  await writeFiles(root, [['.dvc/config.local', `['remote "small"']\n    url = ${disk}\n`]]);
  const failure = await failureOf(push({ ...all, cwd: root, remote: 'small' }));
  expect(failure.code).toBe('DVC_DISK_FULL');
  expect(Object.keys(await filesUnder(disk))).toEqual([tracked.objectOf['a.txt']]);
});
