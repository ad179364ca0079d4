import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { bytes, file, Places, send } from './file-places';

let places: Places;
let children: ChildProcess[];
beforeEach(async () => {
  places = await Places.create();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await places.remove();
});

function fetchInProcess(base = '') {
  const script = path.join(__dirname, 'fetch-file.ts');
  const child = spawn(
    process.execPath,
    ['-r', '@swc-node/register', script, places.dataDir, base, JSON.stringify(file)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  return { child, output: text(child.stdout), exit: once(child, 'exit') };
}

test('two processes that download the same file at once both get all of it', async () => {
  const release: (() => void)[] = [];
  const [base] = await places.serve((_, response) => {
    // Neither is answered before both have asked.
    release.push(() => {
      send(response);
    });
    if (release.length === 2)
      release.forEach((answer) => {
        answer();
      });
  });
  const both = [fetchInProcess(base), fetchInProcess(base)];
  const outputs = await Promise.all(both.map(({ output }) => output));
  expect(outputs).toEqual([String(bytes.length), String(bytes.length)]);
  expect(bytes.equals(await places.kept())).toBe(true);
  expect(await places.namesInDataDir()).toEqual([file.name]);
});

test('a process killed within a download leaves no file under the name, and the next one succeeds', async () => {
  let killed = false;
  const [base] = await places.serve((_, response) => {
    if (killed) {
      send(response);
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 200_000));
  });
  const { child, exit } = fetchInProcess(base);
  const partial = async (): Promise<boolean> => (await places.namesInDataDir()).length > 0;
  while (!(await partial())) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
  killed = true;
  expect(await places.namesInDataDir()).toEqual([
    expect.stringMatching(/^\.images\.gz\..+\.part$/),
  ]);
  const baseUrls = base === undefined ? [] : [base];
  expect(bytes.equals(await places.finder({ baseUrls }).read(file))).toBe(true);
});
