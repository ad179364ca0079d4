import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadTfjs } from '../../../src/inference/tfjs/runtime';

const run = promisify(execFile);
const ROOT = path.resolve(__dirname, '../../..');
const RUNTIME = path.join(ROOT, 'src/inference/tfjs/runtime.ts');

/** Runs a script in a fresh process, as jest replaces the module system and the console. */
const inProcess = (script: string): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, ['-r', '@swc-node/register', '-e', script], { cwd: ROOT });

const REPORT = `
  const { loadTfjs } = require(${JSON.stringify(RUNTIME)});
  const report = async (print) => {
    const { tf, backend } = await loadTfjs();
    const sum = tf.tidy(() => tf.sum(tf.tensor1d([1, 2, 3])).dataSync()[0]);
    print({ current: tf.getBackend(), backend, sum });
  };`;

test('all callers share one runtime, whose backend is the current one', async () => {
  const [first, second] = await Promise.all([loadTfjs(), loadTfjs()]);
  expect(second).toBe(first);
  expect(first.tf.getBackend()).toBe(first.backend.name);
});

test('nothing but our own line is printed: no banner, no hint', async () => {
  const { stdout, stderr } = await inProcess(
    `${REPORT} void report((found) => process.stdout.write(JSON.stringify(found)));`,
  );
  const { backend } = await loadTfjs();
  expect(JSON.parse(stdout)).toEqual({ current: backend.name, backend, sum: 6 });
  expect(stderr).toBe('');
});

test('it works inside a worker thread', async () => {
  const worker = `${REPORT} void report((found) => require('node:worker_threads').parentPort.postMessage(found));`;
  const { stdout } = await inProcess(`
    const { Worker } = require('node:worker_threads');
    const worker = new Worker(${JSON.stringify(worker)}, {
      eval: true,
      execArgv: ['-r', '@swc-node/register'],
    });
    worker.on('message', (found) => process.stdout.write(JSON.stringify(found)));`);
  const { backend } = await loadTfjs();
  expect(JSON.parse(stdout)).toEqual({ current: backend.name, backend, sum: 6 });
});

test('the handlers of uncaught errors stay as they were', async () => {
  const { stdout } = await inProcess(`
    const handlers = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
    process.on('uncaughtException', () => process.stdout.write(JSON.stringify(handlers())));
    ${REPORT}
    void report(() => setTimeout(() => { throw new Error('caught by our own handler'); }));`);
  expect(JSON.parse(stdout)).toEqual([1, 0]);
});

test('a load that failed is not kept: the next one starts anew', async () => {
  const { stdout } = await inProcess(`
    const Module = require('node:module');
    const { loadTfjs } = require(${JSON.stringify(RUNTIME)});
    const load = Module._load;
    void (async () => {
      Module._load = () => { throw new Error('the disk is away'); };
      const failed = await loadTfjs().catch((error) => [error.code, error.message]);
      Module._load = load;
      const { backend } = await loadTfjs();
      process.stdout.write(JSON.stringify({ failed, name: backend.name }));
    })();`);
  const { backend } = await loadTfjs();
  expect(JSON.parse(stdout)).toEqual({
    failed: ['TFJS_UNAVAILABLE', expect.stringContaining('the disk is away') as string],
    name: backend.name,
  });
});
