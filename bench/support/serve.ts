/** `assay serve` of the build as a process of its own, for as long as it is measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = path.join(__dirname, '../../src/main.js');

/**
 * @param work is given its address
 * @param nodeOptions of Node's own, such as --cpu-prof
 */
export async function withServe(
  env: NodeJS.ProcessEnv,
  nodeOptions: readonly string[],
  work: (url: string) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, [...nodeOptions, PROGRAM, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      createInterface({ input: child.stdout })
        .on('line', (line) => {
          const [, found] = /GraphQL answers at (http:\/\/[^/\s]+)\/graphql/.exec(line) ?? [];
          if (found !== undefined) resolve(found);
        })
        .on('close', () => {
          reject(new Error('"assay serve" has ended before it answered'));
        });
    });
    await work(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
