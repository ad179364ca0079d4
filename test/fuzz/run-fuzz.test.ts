/** `npm run fuzz` as it is called: its options, its table and its exit code. */
import { execFile } from 'node:child_process';
import path from 'node:path';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  const script = path.join(__dirname, 'run-fuzz.ts');
  const all = ['-r', '@swc-node/register', script, ...args];
  const cwd = path.join(__dirname, '../..');
  return new Promise((resolve) => {
    execFile(process.execPath, all, { cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test('it fuzzes the readers that are asked for, in a process apart, and prints a table', async () => {
  const { code, stdout, stderr } = await run('--reader', 'safetensors', '--count', '50');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^safetensors: SAFETENSORS_[A-Z_]+ \d+, /);
  expect(stdout).toMatch(/\nreader +files +accepted +refused +failed +slowest +memory +seconds\n/);
  expect(stdout).toMatch(/\nsafetensors +50 +\d+ +\d+ +0 +\d+ ms +\+\d+ MB +[\d.]+\n$/);
});

test.each([
  [['--reader', 'pickle'], /--reader must be pytorch, safetensors/],
  [['--count', '0'], /--count must be a whole number from 1/],
  [['--seed', 'x'], /--seed must be a whole number from 0/],
  [['--from', '-1'], /--from/],
  [['--colour'], /--colour/],
  [['pytorch'], /pytorch/],
])('%j is refused with the usage', async (args, reason) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr).toContain('npm run fuzz -- [options]');
});
