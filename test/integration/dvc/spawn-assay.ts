/** The command as a process of its own, of this build: what stays open would keep it from ending. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { programArguments } from '../../support/program';
import type { Ran } from '../convert/run-assay';

/** @param home where it finds keys and accounts */
export function spawnAssay(
  cwd: string,
  home: string,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<Ran> } {
  const child = spawn(process.execPath, programArguments(...args), {
    cwd,
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit').then(async ([code]) => {
    const [stdout, stderr] = await said;
    return { code: code as number, stdout, stderr };
  });
  return { child, ended };
}
