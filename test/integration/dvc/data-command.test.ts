import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { jsonOf, runAssay } from '../convert/run-assay';
import {
  filesUnder,
  listMd5,
  makeFolderRemote,
  makeProject,
  md5Of,
  trackedFolder,
  trackFolder,
} from './dvc-project';
import { spawnAssay } from './spawn-assay';

const FILES = { 'a.txt': 'one', 'b.txt': 'two' };

const started = process.cwd();
afterEach(() => {
  process.chdir(started);
});

it('pulls, pushes and tells the status, for people and for scripts', async () => {
  const tracked = trackedFolder(FILES);
  const root = await makeProject(await makeFolderRemote(tracked));
  await trackFolder(root, tracked);
  process.chdir(path.join(root, 'data'));

  expect((await runAssay('data', 'status')).stdout).toBe(
    `data/set (${listMd5(tracked)}.dir)\n  workspace  missing\n  cache      lacks the list of files\n`,
  );
  const pulled = await runAssay('data', 'pull', 'set.dvc', '--jobs', '2');
  expect(pulled).toMatchObject({
    code: 0,
    stdout: 'data/set: 2 files, 3 objects fetched, 2 files written\n',
  });
  expect(await filesUnder(path.join(root, 'data/set'))).toEqual({
    'a.txt': md5Of('one'),
    'b.txt': md5Of('two'),
  });
  expect(jsonOf(await runAssay('data', 'push', '--json'))).toEqual({
    outputs: [{ path: 'data/set', files: 2, sent: 0 }],
  });
  expect(jsonOf(await runAssay('data', 'status', '--remote', 'origin', '--json'))).toMatchObject({
    outputs: [{ workspace: 'unchanged', remote: { present: 3, total: 3 } }],
  });
});

it('ends with exit code 2 and a stable code', async () => {
  process.chdir(await makeProject('gdrive://x'));
  const { code, stderr } = await runAssay('data', 'pull', 'nothing.dvc');
  expect([code, stderr]).toEqual([2, expect.stringContaining('DVC_TARGET_UNKNOWN: ')]);
  expect((await runAssay('data', 'pull', '--jobs', '0')).code).toBe(2);
});

it('ends at Ctrl-C with a word of its own', async () => {
  const asked = new EventEmitter();
  // Never answers.
  const server = createServer(() => asked.emit('asked')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const root = await makeProject(`http://127.0.0.1:${port}/store`);
  await trackFolder(root, trackedFolder(FILES));
  const { child, ended } = spawnAssay(root, root, ['data', 'pull']);
  await once(asked, 'asked');
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  server.closeAllConnections();
  server.close();
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^DVC_INTERRUPTED: /)]);
});
