/** The project's own dataset through a real sshd, by the command as a person starts it. */
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { push } from '../../../src/dvc/push';
import { itWithMirror, mirrorFile } from '../../support/reference';
import { temporaryFolder } from '../../support/temporary-folder';
import { filesUnder, makeProject, writeFiles } from './dvc-project';
import { spawnAssay } from './spawn-assay';
import { homeWith, sshdMissing, startSshd, stopSsh } from './ssh-server';

const REPOSITORY = path.resolve(__dirname, '../../..');
const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];
const withSshd = sshdMissing ? describe.skip : describe;

withSshd(`Fashion-MNIST by SSH${sshdMissing}`, () => {
  afterAll(stopSsh);

  itWithMirror(
    'is pushed from the original files and pulled by the command, byte for byte',
    async () => {
      const server = await startSshd();
      const environment = await homeWith(await server.hostKeys());
      await copyFile(server.key, path.join(environment.home, '.ssh/id_ed25519'));
      const remote = await temporaryFolder();
      const project = async (): Promise<string> => {
        const root = await makeProject(`ssh://127.0.0.1:${server.port}${remote}`);
        const tracked = await readFile(path.join(REPOSITORY, 'data/fashion-mnist.dvc'));
        await writeFiles(root, [['data/fashion-mnist.dvc', tracked]]);
        return root;
      };
      const from = await project();
      for (const name of NAMES) {
        const packed = await readFile(mirrorFile(`${name}.gz`));
        const folder = path.join(from, 'data/fashion-mnist');
        await writeFiles(folder, [
          [name, gunzipSync(packed)],
          [`${name}.gz`, packed],
        ]);
      }
      const pushed = await push({ targets: [], jobs: 4, cwd: from, environment });
      expect(pushed).toEqual([{ path: 'data/fashion-mnist', files: 8, sent: 9 }]);
      const list = 'files/md5/cc/dd6829f21df1a9b1ef43481ea19b4e.dir';
      expect(Object.keys(await filesUnder(remote))).toContain(list);

      const to = await project();
      const ran = await spawnAssay(to, environment.home, ['data', 'pull']).ended;
      expect(ran).toMatchObject({
        code: 0,
        stdout: 'data/fashion-mnist: 8 files, 9 objects fetched, 8 files written\n',
      });
      expect(await filesUnder(path.join(to, 'data'))).toEqual(
        await filesUnder(path.join(from, 'data')),
      );
    },
    300_000,
  );
});
