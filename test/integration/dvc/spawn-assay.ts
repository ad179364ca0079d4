/** The command as a process of its own, of this source: what stays open would keep it from ending. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Ran } from '../convert/run-assay';

const REPOSITORY = path.resolve(__dirname, '../../..');

/** @param home where it finds keys and accounts */
export function spawnAssay(
  cwd: string,
  home: string,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<Ran> } {
  const register = require.resolve('@swc-node/register');
  const main = path.join(REPOSITORY, 'src/main.ts');
  const child = spawn(process.execPath, ['-r', register, main, ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TS_NODE_PROJECT: path.join(REPOSITORY, 'tsconfig.json'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit').then(async ([code]) => {
    const [stdout, stderr] = await said;
    return { code: code as number, stdout, stderr };
  });
  return { child, ended };
}
