/** The folder of an embedded PostgreSQL: what lies where in it, and whether it is ours to use. */
import { lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OperationalError } from '../../errors';
import { isNodeError } from './node-error';

export interface Home {
  /** The folder the user named: absolute, symbolic links resolved. */
  readonly dataDir: string;
  /** PostgreSQL's own data directory inside it. */
  readonly cluster: string;
  /** What the server writes to its standard error, 0600. */
  readonly logFile: string;
  /** The superuser's password, 0600; inside the cluster, so that the two can only appear together. */
  readonly passwordFile: string;
}

/** The files of one major version cannot be opened by another: a change here needs a way for old data. */
export const MAJOR_VERSION = '18';
/** Prefix of the folders in which initdb works before its result is renamed to `data`. */
export const INIT_PREFIX = 'init-';
/** Prefix of private copies of the binaries. */
export const RUNTIME_PREFIX = 'runtime-';

/** `lost+found` lies in every fresh ext4 volume. */
const OWN_ENTRY = /^(data|server\.log(\.1)?|init-.*|runtime-.*|lost\+found)$/;

/**
 * Creates the folder where it is missing and says where things lie in it.
 * @throws OperationalError EMBEDDED_POSTGRES_FORBIDDEN when this user may not use the folder
 */
export async function openHome(dataDir: string): Promise<Home> {
  const wanted = resolve(dataDir);
  try {
    // As root the server runs under another account, which must pass through, not look around.
    await mkdir(wanted, { recursive: true, mode: process.geteuid?.() === 0 ? 0o711 : 0o700 });
    const real = await realpath(wanted);
    const cluster = join(real, 'data');
    return {
      dataDir: real,
      cluster,
      logFile: join(real, 'server.log'),
      passwordFile: join(cluster, 'assay-password'),
    };
  } catch (error) {
    throw forbidden(wanted, error);
  }
}

/**
 * True when a cluster of our major version is there, false when one may be made.
 * @throws OperationalError EMBEDDED_POSTGRES_VERSION for a cluster of another major version,
 *   EMBEDDED_POSTGRES_FOLDER_NOT_EMPTY for a folder that holds something else (nothing is touched in
 *   either case), EMBEDDED_POSTGRES_FORBIDDEN
 */
export async function hasCluster(home: Home): Promise<boolean> {
  try {
    const version = await versionOf(home.cluster);
    if (version !== undefined && version !== MAJOR_VERSION) throw otherVersion(home, version);
    if (version !== undefined) return true;
    // A data directory that somebody put here as it is.
    const bare = await versionOf(home.dataDir);
    if (bare !== undefined && bare !== MAJOR_VERSION) throw otherVersion(home, bare);
    const strangers = (await readdir(home.dataDir)).filter((name) => !OWN_ENTRY.test(name));
    const inCluster = await entriesOf(home.cluster);
    if (strangers.length === 0 && inCluster.length === 0) return false;
    const where = strangers.length > 0 ? home.dataDir : home.cluster;
    const example = [...strangers, ...inCluster].slice(0, 3).join(', ');
    throw new OperationalError(
      'EMBEDDED_POSTGRES_FOLDER_NOT_EMPTY',
      `${where} is to hold Assay's database but holds something else (${example}). ` +
        'Nothing was changed. Name an empty or a new folder in the configuration, or move those files away.',
      { details: { folder: where } },
    );
  } catch (error) {
    if (isNodeError(error, 'EACCES', 'EPERM')) throw forbidden(home.dataDir, error);
    throw error;
  }
}

/**
 * Tells this cluster from every other, copies of it included: the running server carries it as its
 * cluster_name, in its arguments and in SQL.
 */
export async function clusterName(home: Home): Promise<string> {
  const { dev, ino } = await stat(home.cluster, { bigint: true });
  return `assay-${dev.toString(36)}-${ino.toString(36)}`;
}

/** @throws OperationalError EMBEDDED_POSTGRES_PASSWORD_MISSING, EMBEDDED_POSTGRES_FORBIDDEN */
export async function readPassword(home: Home): Promise<string> {
  try {
    return (await readFile(home.passwordFile, 'utf8')).trim();
  } catch (error) {
    if (isNodeError(error, 'EACCES', 'EPERM')) throw forbidden(home.dataDir, error);
    throw new OperationalError(
      'EMBEDDED_POSTGRES_PASSWORD_MISSING',
      `The database in ${home.dataDir} is there but the file with its password, ${home.passwordFile}, is not. ` +
        'Put the file back, or move the folder away to begin with an empty database.',
      { details: { file: home.passwordFile }, cause: error },
    );
  }
}

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : ['data'];
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return [];
    throw error;
  }
}

function otherVersion(home: Home, found: string): OperationalError {
  return new OperationalError(
    'EMBEDDED_POSTGRES_VERSION',
    `The database in ${home.dataDir} was made by PostgreSQL ${found}, and the embedded server is PostgreSQL ` +
      `${MAJOR_VERSION}, which cannot open it. Nothing was changed. Dump it with the old version and restore it ` +
      'into a new one, set DATABASE_URL to a server that runs it, or move the folder away to begin with an empty database.',
    { details: { folder: home.dataDir, found, expected: MAJOR_VERSION } },
  );
}

function forbidden(folder: string, cause: unknown): OperationalError {
  const uid = String(process.geteuid?.() ?? 'unknown');
  return new OperationalError(
    'EMBEDDED_POSTGRES_FORBIDDEN',
    `The user with id ${uid} may not use ${folder} for the database. ` +
      'Start as the user who made it, change its owner, or name another folder in the configuration.',
    { details: { folder }, cause },
  );
}
