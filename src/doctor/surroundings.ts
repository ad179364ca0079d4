/** The machine around the service: Node.js, the data folder, the port, files with secrets. */
import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Fastify from 'fastify';
import { credentialsFile } from '../config/credentials';
import type { LoadedConfig } from '../config/load-config';
import { dataFolder } from '../database/connect';
import { AssayError } from '../errors';
import { listenAt } from '../http/listen';
import { HEALTH_PATHS } from '../http/paths';
import { type Answer, failed, ok, skipped, warning } from './finding';

const OLDEST_NODE = [20, 19] as const;
const MIB = 2 ** 20;
/** Below this not even the database's own files fit. */
const LEAST_FREE = 200 * MIB;
/** Fashion-MNIST, the embedded database and some dozen checkpoints. */
const GOOD_FREE = 1024 * MIB;
const OTHERS_READ = 0o077;
const OTHERS_WRITE = 0o002;
const ANSWER_MS = 2_000;

export function checkNode(version = process.versions.node): Answer {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor, needMinor] = OLDEST_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return ok(version);
  return failed(`${version} is too old; install Node.js ${needMajor}.${needMinor} or newer`);
}

export async function checkDataFolder(loaded: LoadedConfig): Promise<Answer> {
  const folder = dataFolder(loaded);
  const found = await stat(folder).catch(() => undefined);
  if (found && !found.isDirectory()) return failed(`${folder} is no folder; name another one`);
  const there = found ? folder : await nearest(folder);
  try {
    await tryToWrite(there);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failed(
      `this user may not write to ${there} (${code ?? 'unknown'}); change its owner, or name another folder in ASSAY_DATA_PATH`,
    );
  }
  const { bavail, bsize } = await statfs(there);
  const free = `${Math.floor((bavail * bsize) / MIB).toLocaleString('en')} MiB free`;
  if (bavail * bsize < LEAST_FREE) return failed(`${folder}: ${free}; make room`);
  if (bavail * bsize < GOOD_FREE) return warning(`${folder}: only ${free}; make room soon`);
  if (found && (found.mode & OTHERS_WRITE) !== 0) {
    return warning(`${folder} may be changed by everybody; run "chmod o-w ${folder}"`);
  }
  return ok(`${folder}, ${found ? '' : 'made at the first start, '}${free}`);
}

/** The lowest folder above that is there. */
async function nearest(folder: string): Promise<string> {
  const parent = path.dirname(folder);
  return (await stat(parent).catch(() => undefined)) ? parent : nearest(parent);
}

/** Rights alone say too much: root has them all, also where the file system is read-only. */
async function tryToWrite(folder: string): Promise<void> {
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const own = await mkdtemp(path.join(folder, '.doctor-'));
  try {
    await writeFile(path.join(own, 'file'), 'written');
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

export async function checkPort({ config: { server } }: LoadedConfig): Promise<Answer> {
  const probe = Fastify();
  try {
    const { port } = await listenAt(probe, server);
    return ok(server.port === 0 ? 'any free one' : `${port} on ${server.host} is free`);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    if (error.code === 'PORT_IN_USE' && (await isOurs(server))) {
      return ok(`${server.port} on ${server.host}: a service answers there`);
    }
    return failed(`${error.code}: ${error.message}`);
  } finally {
    await probe.close();
  }
}

async function isOurs({ host, port }: { host: string; port: number }): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const address = `http://${name.includes(':') ? `[${name}]` : name}:${port}${HEALTH_PATHS.live}`;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) });
    return (await answer.text()) === '{"status":"ok"}';
  } catch {
    return false;
  }
}

/** Its mode alone: what is in it shows when the database is reached by it. */
export async function checkCredentialsFile(loaded: LoadedConfig): Promise<Answer> {
  if (loaded.databaseUrl) return skipped('DATABASE_URL goes before it');
  if (loaded.config.database.credentials === null) return skipped('none is named');
  const file = credentialsFile(loaded);
  const found = await stat(file).catch(() => undefined);
  if (!found) return failed(`there is no file ${file}; make it with "assay credentials init"`);
  // There the engine chooses the mode, and nobody else is around.
  if ((found.mode & OTHERS_READ) === 0 || file.startsWith('/run/secrets/')) return ok(file);
  return warning(`${file} may be read by others; run "chmod 600 ${file}"`);
}
