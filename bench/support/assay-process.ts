/** The program as a person starts it, from dist, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from '../../src/config/project-root';

/** Then it is killed. */
const STOP_MS = 20_000;

export class AssayProcess {
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  /**
   * @param ready what it prints once it works
   * @param nodeOptions of Node's own, such as --cpu-prof
   * @throws Error with what it said where it ends before that
   */
  static async start(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    ready: RegExp,
    nodeOptions: readonly string[] = [],
  ): Promise<{ running: AssayProcess; said: RegExpExecArray }> {
    const main = path.join(projectRoot(), 'dist', 'src', 'main.js');
    const child = spawn(process.execPath, [...nodeOptions, main, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = new AssayProcess(child);
    for (;;) {
      const said = ready.exec(running.output);
      if (said) return { running, said };
      if (child.exitCode !== null) throw new Error(`assay ${args[0]}: ${running.output}`);
      await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** All that it has printed. */
  get said(): string {
    return this.output;
  }

  /** Not for as long as the service takes a silent worker for gone. */
  suspend(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    this.resume();
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await closed;
    clearTimeout(force);
  }
}
