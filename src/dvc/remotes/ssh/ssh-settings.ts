/** Whom to call and as whom: from the remote's url and options, and from `~/.ssh/config`, as DVC reads them. */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import SSHConfig from 'ssh-config';
import { errorCode, reasonOf } from '../../../datasets/files/errno';
import { UserError } from '../../../errors';
import type { RemoteConfig } from '../../dvc-config';
import type { RemoteEnvironment } from '../environment';
import { expandPath, invalid, switchOf, wholeNumberOf } from '../remote-options';

export interface SshSettings {
  /** The remote's name in .dvc/config. */
  remote: string;
  host: string;
  port: number;
  user: string;
  /** Absolute, on the server. */
  folder: string;
  password: string | undefined;
  passphrase: string | undefined;
  asksPassword: boolean;
  asksPassphrase: boolean;
  /** Of `keyfile` or of IdentityFile; undefined: the usual ones of `~/.ssh`. */
  keyFiles: string[] | undefined;
  /** The remote itself names the key, so it must be usable. */
  namesKeyFile: boolean;
  /** The agent's socket. */
  agent: string | undefined;
  knownHostsFiles: string[];
  connectTimeoutSeconds: number;
}

interface SshUrl {
  host: string;
  port: number | undefined;
  user: string | undefined;
  password: string | undefined;
  folder: string;
}

const DEFAULT_PORT = 22;
const PORTS = [1, 65535] as const;
const CONNECT_TIMEOUT_SECONDS = 30;
const TIMEOUTS = [1, 3600] as const;
const URL_PARTS = /^ssh:\/\/(?:([^@/]*)@)?(\[[0-9a-f:.]+\]|\w[\w.-]*)(?::(\d+))?(\/[^\0]*)$/i;

/** @throws UserError DVC_REMOTE_INVALID, DVC_REMOTE_UNSUPPORTED */
export async function sshSettingsOf(
  config: RemoteConfig,
  environment: RemoteEnvironment,
): Promise<SshSettings> {
  const url = parseUrl(config);
  const { options } = config;
  if (switchOf(config, 'gss_auth', false)) throw unsupported(config, 'gss_auth');
  const own = await ownSettings(config, url.host, environment);
  for (const way of ['proxycommand', 'proxyjump']) {
    const value = own.get(way)?.[0];
    if (value !== undefined && value.toLowerCase() !== 'none') throw unsupported(config, way);
  }
  const expand = (file: string): string => expandPath(file, environment);
  const keyfile = options.get('keyfile');
  const ssh = path.join(environment.home, '.ssh');
  const ownKnownHosts = own.get('userknownhostsfile');
  return {
    remote: config.name,
    host: own.get('hostname')?.[0]?.replaceAll('%h', url.host) ?? url.host,
    port:
      wholeNumberOf(config, 'port', PORTS) ??
      url.port ??
      portFrom(own.get('port')?.[0]) ??
      DEFAULT_PORT,
    user: options.get('user') ?? url.user ?? own.get('user')?.[0] ?? thisUser(config, environment),
    folder: path.posix.normalize(url.folder),
    password: options.get('password') ?? url.password,
    passphrase: options.get('passphrase'),
    asksPassword: switchOf(config, 'ask_password', false),
    asksPassphrase: switchOf(config, 'ask_passphrase', false),
    keyFiles: keyfile === undefined ? own.get('identityfile')?.map(expand) : [expand(keyfile)],
    namesKeyFile: keyfile !== undefined,
    agent: switchOf(config, 'allow_agent', true)
      ? environment.variables['SSH_AUTH_SOCK'] || undefined
      : undefined,
    knownHostsFiles: [
      ...(ownKnownHosts?.map(expand) ??
        ['known_hosts', 'known_hosts2'].map((name) => path.join(ssh, name))),
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ],
    connectTimeoutSeconds: wholeNumberOf(config, 'timeout', TIMEOUTS) ?? CONNECT_TIMEOUT_SECONDS,
  };
}

/** Read by parts and not as a web address: the folder is taken as it stands, as DVC does. */
function parseUrl(config: RemoteConfig): SshUrl {
  const [, login, host, port, folder] = URL_PARTS.exec(config.url) ?? [];
  if (host === undefined || folder === undefined) {
    throw invalid(
      config,
      'its url must be ssh://USER@HOST:PORT/FOLDER (user and port may be left out)',
    );
  }
  const [user, ...rest] = login?.split(':') ?? [];
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  if (port !== undefined && portFrom(port) === undefined) throw invalid(config, 'its port is none');
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: portFrom(port),
    user: user ? decode(user) : undefined,
    password: rest.length > 0 ? decode(rest.join(':')) : undefined,
    folder,
  };
}

/** What `~/.ssh/config` says of a host, by names in lower case. Programs that it names are not run. */
async function ownSettings(
  config: RemoteConfig,
  host: string,
  { home }: RemoteEnvironment,
): Promise<ReadonlyMap<string, string[]>> {
  const file = path.join(home, '.ssh', 'config');
  try {
    const text = await readFile(file, 'utf8');
    const found = SSHConfig.parse(text).compute(host, { ignoreCase: true, matchExec: false });
    return new Map(
      Object.entries(found).map(([key, value]) => [key.toLowerCase(), [value].flat()]),
    );
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Map();
    throw invalid(config, `${file} can't be read (${reasonOf(error)})`);
  }
}

function portFrom(text: string | undefined): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= PORTS[0] && port <= PORTS[1] ? port : undefined;
}

function thisUser(config: RemoteConfig, { variables }: RemoteEnvironment): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user often has no entry in /etc/passwd.
    const user = variables['USER'];
    if (user) return user;
    throw invalid(config, 'it names no user, and this account has no name');
  }
}

function unsupported({ name }: RemoteConfig, option: string): UserError {
  return new UserError(
    'DVC_REMOTE_UNSUPPORTED',
    `The remote ${name} is reached by ${option}, which Assay can't use. Name a host that can be called directly, with a password, a key or an agent, or use dvc itself.`,
  );
}
