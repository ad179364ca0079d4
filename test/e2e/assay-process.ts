/** Starts the program as a person does, reads what it prints, and sees to it that nothing outlives a test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/config/project-root';
import { eventually } from '../support/eventually';
import { removeFolder } from '../support/postgres-folder';
import { programArguments } from '../support/program';
import { temporaryFolder } from '../support/temporary-folder';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const START_MS = 90_000;
const running = new Set<AssayProcess>();
const dataFolders = new Set<string>();

afterEach(async () => {
  for (const child of running) child.killHard();
  await Promise.all([...running].map((child) => child.ended));
  for (const folder of dataFolders) await removeFolder(path.join(folder, 'postgres'));
  dataFolders.clear();
});

/** A data folder of its own; its server is stopped after the test, whatever happened. */
export async function freshDataFolder(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'state');
  dataFolders.add(folder);
  return folder;
}

export class AssayProcess {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  /**
   * @param dataPath ASSAY_DATA_PATH
   * @param env on top of an environment without any setting of ours
   */
  constructor(args: readonly string[], dataPath: string, env: NodeJS.ProcessEnv = {}) {
    // As a shell would: the program leads a process group, to which Ctrl-C goes as a whole.
    this.child = spawn(process.execPath, programArguments(...args), {
      cwd: projectRoot(),
      detached: true,
      env: { ...cleanEnvironment(), PORT: '0', ASSAY_DATA_PATH: dataPath, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    running.add(this);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        running.delete(this);
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** To the process alone, as `kill` does. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** To the whole process group, as a terminal does. */
  pressCtrlC(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGINT');
  }

  /** As `| head` does once it has read enough. */
  stopReading(): void {
    this.child.stdout?.destroy();
  }

  killHard(): void {
    this.child.kill('SIGKILL');
  }

  /** The service's address, once it answers. */
  async address(): Promise<string> {
    const match = await this.prints(/GraphQL answers at (http:\/\/[^/\s]+)\/graphql/);
    return match[1] ?? '';
  }

  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(
      `${pattern.source} on stdout`,
      () => {
        const match = pattern.exec(this.stdout);
        if (match === null && this.child.exitCode !== null) throw new Error(this.story());
        return match ?? undefined;
      },
      START_MS,
    ).catch((error: unknown) => {
      throw new Error(this.story(), { cause: error });
    });
  }

  private story(): string {
    return `exit code ${this.child.exitCode ?? 'none'}\n${this.stdout}\n${this.stderr}`;
  }
}

/** Runs a command to its end. */
export async function assay(
  args: readonly string[],
  dataPath: string,
  env?: NodeJS.ProcessEnv,
): Promise<Ended> {
  return new AssayProcess(args, dataPath, env).ended;
}

/** The number of the PostgreSQL that serves the data folder, where one runs. */
export function postgresOf(dataPath: string): number | undefined {
  const file = path.join(dataPath, 'postgres', 'data', 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return isAlive(pid) ? pid : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What nobody has reaped yet can't do anything any more.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Nothing that the developer has set may decide a test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(ASSAY_|OTEL_|DATABASE_URL$|PORT$|HOST$|NODE_OPTIONS$|JEST_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
