/** What `.dvc/config` and `.dvc/config.local` say of remotes and of the cache. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, reasonOf } from '../datasets/files/errno';
import { OperationalError, UserError } from '../errors';
import { type Ini, parseIni } from './ini';

export interface RemoteConfig {
  name: string;
  url: string;
  /** Everything but the url, by DVC's names in lower case. May hold secrets: never shown. */
  options: ReadonlyMap<string, string>;
}

export interface DvcConfig {
  /** The folder that holds `.dvc`. */
  root: string;
  cacheDir: string;
  /** Files of the workspace share the cache's bytes on the disk. */
  hardlinks: boolean;
  /** @throws UserError DVC_REMOTE_UNKNOWN, or DVC_REMOTE_MISSING where none is named and none is the default */
  remote(name: string | undefined): RemoteConfig;
}

/**
 * The nearest folder upwards that holds `.dvc/config`.
 * @throws UserError DVC_NOT_A_REPOSITORY
 */
export async function findDvcRoot(from: string): Promise<string> {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const found = await stat(path.join(folder, '.dvc', 'config')).catch(() => undefined);
    if (found?.isFile()) return folder;
    if (folder === path.dirname(folder)) break;
  }
  throw new UserError(
    'DVC_NOT_A_REPOSITORY',
    `Neither ${from} nor a folder above it holds .dvc/config. Run the command inside the project's folder.`,
  );
}

/**
 * `config.local` (ignored by git, for secrets) goes before `config`.
 * @throws UserError DVC_CONFIG_INVALID; OperationalError DVC_CONFIG_UNREADABLE
 */
export async function loadDvcConfig(root: string): Promise<DvcConfig> {
  const folder = path.join(root, '.dvc');
  const sections = new Map<string, Map<string, string>>();
  for (const name of ['config', 'config.local']) {
    for (const [section, values] of await readIni(path.join(folder, name))) {
      const merged = sections.get(section) ?? new Map<string, string>();
      for (const [key, value] of values) merged.set(key, value);
      sections.set(section, merged);
    }
  }
  const remotes = remotesOf(sections);
  const cache = sections.get('cache');
  const defaultName = sections.get('core')?.get('remote');
  return {
    root,
    cacheDir: path.resolve(folder, cache?.get('dir') ?? 'cache'),
    hardlinks: prefersHardlinks(cache?.get('type')),
    remote(name = defaultName) {
      const found = name === undefined ? undefined : remotes.get(name.toLowerCase());
      if (found) return localUrlFrom(folder, found);
      const known = [...remotes.keys()].join(', ') || 'none';
      if (name === undefined) {
        throw new UserError(
          'DVC_REMOTE_MISSING',
          `No remote is named and .dvc/config has no default one (known: ${known}). Give --remote NAME, or ` +
            'set "remote" under [core] in .dvc/config or .dvc/config.local.',
        );
      }
      throw new UserError(
        'DVC_REMOTE_UNKNOWN',
        `There is no remote ${JSON.stringify(name)} in .dvc/config or .dvc/config.local. Known: ${known}.`,
        { details: { remote: name, known: [...remotes.keys()] } },
      );
    },
  };
}

function remotesOf(sections: Ini): Map<string, RemoteConfig> {
  const remotes = new Map<string, RemoteConfig>();
  for (const [section, values] of sections) {
    const name = /^remote\s+"([^"]+)"$/.exec(section)?.[1];
    if (name === undefined) continue;
    const url = values.get('url');
    if (!url) {
      throw new UserError(
        'DVC_CONFIG_INVALID',
        `The remote ${JSON.stringify(name)} has no url. Give it one in .dvc/config or .dvc/config.local.`,
      );
    }
    const options = new Map([...values].filter(([key]) => key !== 'url'));
    remotes.set(name, { name, url, options });
  }
  return remotes;
}

/** A path without a scheme starts at the folder of the configuration, as DVC has it. */
function localUrlFrom(folder: string, remote: RemoteConfig): RemoteConfig {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(remote.url);
  return isAddress ? remote : { ...remote, url: path.resolve(folder, remote.url) };
}

/** The first of the listed kinds that we make; reflinks and symlinks are copied instead. */
function prefersHardlinks(types = ''): boolean {
  const kinds = types.split(',').map((kind) => kind.trim());
  return kinds.find((kind) => kind === 'hardlink' || kind === 'copy') === 'hardlink';
}

async function readIni(file: string): Promise<Ini> {
  try {
    return parseIni(await readFile(file, 'utf8'), file);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return new Map();
    if (error instanceof UserError) throw error;
    throw new OperationalError('DVC_CONFIG_UNREADABLE', `${file}: ${reasonOf(error)}`);
  }
}
