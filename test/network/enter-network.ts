/**
 * Starts a program in namespaces of its own: network, processes and mounts. When it ends, or whoever started it is
 * killed, the kernel takes away all that was made in them: processes, links and named network namespaces.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/config/project-root';

const UNSHARE = ['--net', '--mount', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];
/** Named namespaces are kept under /run and shared memory under /dev/shm: both are private ones inside. */
const PREPARE = 'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /dev/shm && exec "$0" "$@"';

/** @returns why no network can be made here; undefined where one can */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'only root can make network namespaces';
  try {
    execFileSync('unshare', [...UNSHARE, 'sh', '-c', PREPARE, 'ip', 'netns', 'add', 'probe'], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    return `iproute2 or the right to make namespaces is missing: ${String(stderr ?? error).trim()}`;
  }
}

/**
 * @param script of TypeScript
 * @returns what it printed
 */
export async function runInNetwork(
  script: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const program = [process.execPath, '-r', '@swc-node/register', script, ...args];
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...UNSHARE, 'sh', '-c', PREPARE, ...program],
    { cwd: projectRoot(), timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 24 },
  );
  return stdout;
}
