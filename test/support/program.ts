/** The program as it is built: jest's global setup brings the build up to date, a moment where nothing has changed. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/config/project-root';

/** What Node is started with to run the program, with no way to any host by name. */
export function programArguments(...args: readonly string[]): string[] {
  const root = projectRoot();
  return [
    '-r',
    path.join(root, 'test/support/offline.cjs'),
    path.join(root, 'dist/src/main.js'),
    ...args,
  ];
}

/** @throws with the compiler's complaints */
export async function buildProgram(): Promise<void> {
  const root = projectRoot();
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-b', 'tsconfig.build.json'], {
    cwd: root,
  }).catch((error: unknown) => {
    const { stdout } = error as { stdout?: string };
    throw new Error(`the program could not be built\n${stdout ?? ''}`, { cause: error });
  });
}
