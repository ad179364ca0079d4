/** AWS's own files in the home folder: a profile of `credentials` and `config`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, reasonOf } from '../../../datasets/files/errno';
import { AssayError, OperationalError } from '../../../errors';
import type { RemoteConfig } from '../../dvc-config';
import { type Ini, parseIni } from '../../ini';
import type { RemoteEnvironment } from '../environment';
import { expandPath } from '../remote-options';

export interface AwsProfile {
  name: string;
  /** The remote itself names it, so the environment's keys don't stand in. */
  isNamed: boolean;
  /** Undefined where `credentials` lacks the profile. */
  credentials: ReadonlyMap<string, string> | undefined;
  /** Of `config`; empty where that lacks the profile. */
  settings: ReadonlyMap<string, string>;
}

/** @throws UserError DVC_CONFIG_INVALID; OperationalError DVC_CONFIG_UNREADABLE */
export async function loadAwsProfile(
  { options }: RemoteConfig,
  environment: RemoteEnvironment,
): Promise<AwsProfile> {
  const { variables, home } = environment;
  const named = options.get('profile');
  const name = named ?? (variables['AWS_PROFILE'] || variables['AWS_DEFAULT_PROFILE'] || 'default');
  const fileOf = (variable: string, option: string, usual: string): string =>
    expandPath(
      (variables[variable] || options.get(option)) ?? path.join(home, '.aws', usual),
      environment,
    );
  const [credentials, config] = await Promise.all([
    load(fileOf('AWS_SHARED_CREDENTIALS_FILE', 'credentialpath', 'credentials')),
    load(fileOf('AWS_CONFIG_FILE', 'configpath', 'config')),
  ]);
  const section = name.toLowerCase();
  return {
    name,
    isNamed: named !== undefined,
    credentials: credentials.get(section),
    settings: sectionOf(config, section),
  };
}

function sectionOf(config: Ini, name: string): ReadonlyMap<string, string> {
  for (const [section, values] of config) {
    if (section.replace(/\s+/g, ' ') === `profile ${name}`) return values;
  }
  return (name === 'default' ? config.get(name) : undefined) ?? new Map<string, string>();
}

async function load(file: string): Promise<Ini> {
  try {
    return parseIni(await readFile(file, 'utf8'), file, 'aws');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    if (error instanceof AssayError) throw error;
    throw new OperationalError('DVC_CONFIG_UNREADABLE', `${file}: ${reasonOf(error)}`);
  }
}
