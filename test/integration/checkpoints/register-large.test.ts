/** Registering needs no more memory for a large checkpoint than for a small one. */
import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../support/temporary-folder';
import { writeLargeOnnx, writeLargePytorch, writeLargeSafetensors } from './large-files';

interface Registered {
  parameterCount: number;
  peakBytes: number;
}

const run = promisify(execFile);
const SMALL_SIDE = 500;
const LARGE_SIDE = 5000;

const parametersOf = (side: number) => 784 * side + side * side + 10 * side;

async function registerBoth(paths: readonly string[]): Promise<Registered[]> {
  const child = path.join(__dirname, 'register-large.child.ts');
  const store = path.join(await temporaryFolder(), 'store');
  const args = ['-r', '@swc-node/register', child, store, ...paths];
  const { stdout } = await run(process.execPath, args);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Registered);
}

it.each([
  ['safetensors', writeLargeSafetensors],
  ['PyTorch', writeLargePytorch],
  ['ONNX', writeLargeOnnx],
])('%s: 116 MB take about as much memory as 2 MB', async (_, write) => {
  const folder = await temporaryFolder();
  const files: string[] = [];
  for (const side of [SMALL_SIDE, LARGE_SIDE]) {
    const own = path.join(folder, String(side));
    await mkdir(own);
    files.push(await write(own, side));
  }
  const [small, large] = await registerBoth(files);
  expect(small?.parameterCount).toBe(parametersOf(SMALL_SIDE));
  expect(large?.parameterCount).toBe(parametersOf(LARGE_SIDE));
  const { size } = await stat(files[1] ?? '');
  expect(size).toBeGreaterThan(115e6);
  // Buffers that wait for the collector are 50 MB at 116 MB as at 519 MB.
  expect((large?.peakBytes ?? Infinity) - (small?.peakBytes ?? 0)).toBeLessThan(size * 0.6);
});
