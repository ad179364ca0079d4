/** A process of ours that is started again whenever it ends, as a service manager does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectRoot } from '../../src/config/project-root';
import { programArguments } from '../support/program';

const RESTART_MS = 100;

export interface ProcessPlan {
  name: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** What it prints once it works. */
  ready: RegExp;
  /** A program that becomes it, with its arguments, such as `ip netns exec`. */
  under?: readonly string[];
}

export class SupervisedProcess {
  /** How often it ended though it worked and nobody had killed it. */
  unexpectedEnds = 0;
  /** Lines of its log that tell of a bug of ours. */
  readonly bugs: string[] = [];
  /** What it said before it did. */
  readonly lastWords: string[] = [];
  private child: ChildProcess | undefined;
  private isReady = false;
  private stopped = false;
  private output = '';

  constructor(private readonly plan: ProcessPlan) {
    this.start();
  }

  get name(): string {
    return this.plan.name;
  }

  get ready(): boolean {
    return this.isReady;
  }

  /** Its last words, for whoever wants to know why. */
  get lastOutput(): string {
    return `${this.plan.name}:\n${this.output.slice(-4000)}`;
  }

  /** kill -9; it is started again. */
  kill(): void {
    // What it says after this is the blow's doing.
    this.isReady = false;
    this.child?.kill('SIGKILL');
  }

  /** It stands still and answers nothing, until `resume`. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Asks it to end, for good. @returns its exit code, or the signal that ended it */
  async terminate(): Promise<number | string | null> {
    this.stopped = true;
    const { child } = this;
    if (child === undefined) return null;
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    return code ?? signal;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  private start(): void {
    if (this.stopped) return;
    const program = [process.execPath, ...programArguments(...this.plan.args)];
    const [command = '', ...args] = [...(this.plan.under ?? []), ...program];
    const child = spawn(command, args, {
      cwd: projectRoot(),
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.plan.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const hear = (text: string) => {
      this.output = (this.output + text).slice(-20_000);
      this.bugs.push(...text.split('\n').filter((line) => line.includes('"errorId"')));
      if (child === this.child && !child.killed && this.plan.ready.test(text)) this.isReady = true;
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('close', () => {
      if (this.isReady && !this.stopped) {
        this.unexpectedEnds += 1;
        this.lastWords.push(this.lastOutput);
      }
      this.isReady = false;
      setTimeout(() => {
        this.start();
      }, RESTART_MS);
    });
  }
}
