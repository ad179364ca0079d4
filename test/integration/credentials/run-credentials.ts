/** Runs `assay credentials`: with a standard input, or at a real terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommand } from '../../../src/cli/program';
import { projectRoot } from '../../../src/config/project-root';
import { programArguments } from '../../support/program';
import { Capture } from '../score/capture';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export type Env = Record<string, string>;

/** Nothing of what the tests' own caller has set. */
const environment = (env: Env): Env => ({ PATH: process.env['PATH'] ?? '', ...env });

/** In this process, as a script would run it; `apart` in one of its own, where Node's warnings show. */
export async function runCredentials(
  args: string[],
  env: Env,
  { input = '', apart = false } = {},
): Promise<Ran> {
  if (apart) {
    const child = spawn(process.execPath, programArguments('credentials', ...args), {
      cwd: projectRoot(),
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await once(child, 'close')) as [number | null];
    const [stdout, stderr] = await printed;
    return { code, stdout, stderr };
  }
  const [stdout, stderr] = [new Capture(), new Capture()];
  const stdin = Readable.from([Buffer.from(input)]);
  const before = process.env;
  process.env = environment(env);
  try {
    const argv = ['node', 'assay', 'credentials', ...args];
    const code = await runCommand(argv, { stdin, stdout, stderr, isTty: false });
    return { code, stdout: stdout.text, stderr: stderr.text };
  } finally {
    process.env = before;
  }
}

/**
 * Any command, by script(1), which every Debian has: it gives the command a pseudo-terminal. Each answer is typed when its
 * question has appeared.
 * @returns what the terminal showed
 */
export async function runAtTerminal(
  args: string[],
  env: Env,
  dialogue: (readonly [question: string, answer: string])[],
): Promise<{ code: number | null; screen: string }> {
  const words = [process.execPath, ...programArguments(...args)].map((word) => `'${word}'`);
  const child = spawn('script', ['-qefc', words.join(' '), '/dev/null'], {
    cwd: projectRoot(),
    env: environment({ TERM: 'xterm', SHELL: '/bin/sh', ...env }),
  });
  child.stdin.on('error', () => undefined);
  const left = [...dialogue];
  let screen = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    const next = left[0];
    const at = next === undefined ? -1 : screen.indexOf(next[0], read);
    if (next === undefined || at < 0) return;
    read = at + next[0].length;
    left.shift();
    child.stdin.write(next[1]);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (left[0] !== undefined) throw new Error(`never asked ${left[0][0]}\n${screen}`);
  return { code, screen };
}
