/** Reads a remote's options: switches, numbers and paths as DVC writes them. */
import path from 'node:path';
import { UserError } from '../../errors';
import type { RemoteConfig } from '../dvc-config';
import type { RemoteEnvironment } from './environment';

const ON = ['true', 'yes', 'on', '1'];
const OFF = ['false', 'no', 'off', '0'];

/** @throws UserError DVC_REMOTE_INVALID */
export function switchOf(config: RemoteConfig, option: string, byDefault: boolean): boolean {
  const text = config.options.get(option)?.toLowerCase();
  if (text === undefined) return byDefault;
  if (ON.includes(text)) return true;
  if (OFF.includes(text)) return false;
  throw invalid(config, `${option} must be true or false`);
}

/** @throws UserError DVC_REMOTE_INVALID */
export function wholeNumberOf(
  config: RemoteConfig,
  option: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = config.options.get(option);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw invalid(config, `${option} must be a whole number from ${least} to ${most}`);
}

/** `~` is the home folder; other relative paths start at the current folder, as DVC has it. */
export function expandPath(file: string, { home }: RemoteEnvironment): string {
  return file === '~' || file.startsWith('~/') ? path.join(home, file.slice(1)) : file;
}

export function invalid({ name }: RemoteConfig, problem: string): UserError {
  return new UserError(
    'DVC_REMOTE_INVALID',
    `The remote ${name} can't be used: ${problem}. Mend it in .dvc/config or .dvc/config.local.`,
    { details: { remote: name } },
  );
}
