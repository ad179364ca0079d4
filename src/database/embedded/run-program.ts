/** Runs one of PostgreSQL's programs to its end and gives what it printed. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { messageOf } from '../../errors';

export interface Finished {
  ok: boolean;
  /** Standard output and error, in the order they came; the system's message when it could not start. */
  output: string;
}

/**
 * The server and its tools see nothing of our environment: no PG* variable may redirect them, and no
 * secret of ours shows in /proc. English messages, because some are matched.
 */
export const CLEAN_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** What a terminal sends to all that belongs to its foreground. */
const TERMINAL_SIGNALS: readonly (NodeJS.Signals | null)[] = ['SIGINT', 'SIGHUP', 'SIGQUIT'];

/**
 * A child that is to leave our process group belongs to it until it has: a Ctrl-C in that moment ends it
 * before it has begun, though it was not meant.
 */
export function endedBeforeItBegan(signal: NodeJS.Signals | null, output: string): boolean {
  return TERMINAL_SIGNALS.includes(signal) && output === '';
}

type ProgramOptions = Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'> & { stdin?: number };

export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Finished> {
  const first = await runOnce(program, args, options);
  return endedBeforeItBegan(first.signal, first.output) ? runOnce(program, args, options) : first;
}

function runOnce(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Finished & { signal: NodeJS.Signals | null }> {
  const { stdin, ...rest } = options;
  return new Promise((resolve) => {
    try {
      const child = spawn(program, args, {
        ...rest,
        // A process group of its own: Ctrl-C ends us in good order, and would break initdb off half-way.
        detached: true,
        env: CLEAN_ENVIRONMENT,
        stdio: [stdin ?? 'ignore', 'pipe', 'pipe'],
      });
      let output = '';
      const collect = (chunk: Buffer): void => {
        output += chunk.toString();
      };
      child.stdout?.on('data', collect);
      child.stderr?.on('data', collect);
      child.on('error', (error) => {
        resolve({ ok: false, output: error.message, signal: null });
      });
      child.on('close', (code, signal) => {
        resolve({ ok: code === 0, output, signal });
      });
    } catch (error) {
      // spawn throws at once when the account cannot be taken on (EPERM, EINVAL in a user namespace).
      resolve({ ok: false, output: messageOf(error), signal: null });
    }
  });
}
