/** Processes of an image, each behind enter-image.sh: with its own files, its own environment, its own user. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What an engine reads of an image. */
export interface ImageConfig {
  User: string;
  Env: string[];
  WorkingDir: string;
  Entrypoint: string[];
  Cmd: string[];
  Labels: Record<string, string>;
  Healthcheck?: { Test: string[] };
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export class RunningImage {
  private server: { child: ChildProcess; ended: Promise<Ended> } | undefined;
  /** What the last start has said. */
  output = '';

  /** @param data the folder that is mounted at /data */
  constructor(
    private readonly root: string,
    private readonly data: string,
    private readonly config: ImageConfig,
  ) {}

  get port(): string {
    return /^PORT=(\d+)$/m.exec(this.config.Env.join('\n'))?.[1] ?? '';
  }

  /** Behind the entry point, as `docker run IMAGE ARGS` does. */
  async assay(args: readonly string[]): Promise<Ended> {
    return this.spawn([...this.config.Entrypoint, ...args]).ended;
  }

  /** Without the entry point. */
  async command(command: readonly string[]): Promise<Ended> {
    return this.spawn(command).ended;
  }

  /** @returns the exit code of the image's own health check */
  async health(): Promise<number | null> {
    const [kind, ...command] = this.config.Healthcheck?.Test ?? [];
    if (kind !== 'CMD') throw new TypeError(`a health check by ${kind ?? 'nothing'}`);
    return (await this.command(command)).code;
  }

  start(): void {
    this.server = this.spawn([...this.config.Entrypoint, ...this.config.Cmd]);
    this.output = '';
    for (const stream of [this.server.child.stdout, this.server.child.stderr]) {
      stream?.on('data', (text: string) => (this.output += text));
    }
  }

  get isAlive(): boolean {
    return this.server?.child.exitCode === null;
  }

  /** As `docker stop` does: a signal to the first process of the container. */
  async stop(): Promise<number | null> {
    const { child, ended } = this.server ?? {};
    if (child?.pid === undefined || !ended) throw new TypeError('nothing runs');
    const first = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
    process.kill(first, 'SIGTERM');
    return (await ended).code;
  }

  /** All of its processes: they end with the one that made their name space. */
  kill(): void {
    this.server?.child.kill('SIGKILL');
  }

  private spawn(command: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const mirror = process.env['ASSAY_DATA_MIRROR'] ?? '';
    const env = [...this.config.Env, ...(mirror ? ['ASSAY_DATA_MIRROR=/mnt'] : [])];
    const enter = path.join(__dirname, 'enter-image.sh');
    const uid = userOf(this.root, this.config.User);
    const child = spawn(
      'unshare',
      [
        ...['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--', 'bash', enter],
        ...[this.root, this.data, mirror, this.config.WorkingDir, uid, ...command],
      ],
      {
        env: Object.fromEntries(env.map((line) => line.split(/=(.*)/s, 2))) as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
    }
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject).once('close', (code) => {
        resolve({ code, ...said });
      });
    });
    return { child, ended };
  }
}

/** By the image's own list of users. */
function userOf(root: string, user: string): string {
  const lines = readFileSync(path.join(root, 'etc/passwd'), 'utf8').split('\n');
  const [, , uid, gid] = lines.map((line) => line.split(':')).find(([name]) => name === user) ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`the image has no user ${user}`);
  return `${uid}:${gid}`;
}
