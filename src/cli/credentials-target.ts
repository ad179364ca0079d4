/** What the commands on db.credentials share: which file is meant, and who can be asked. */
import path from 'node:path';
import { Option } from 'commander';
import { credentialsFile } from '../config/credentials';
import { loadConfig } from '../config/load-config';
import { type Terminal, withTerminal } from '../config/terminal';
import type { CommandIo } from './output/command-io';

export function fileOption(): Option {
  return new Option(
    '--file <path>',
    'which file (default: ASSAY_DB_CREDENTIALS, else database.credentials of config.yaml, else ' +
      'db.credentials beside it)',
  );
}

export interface TargetFile {
  file: string;
  /** The service reads this very file when it starts. */
  inUse: boolean;
}

/** A file that is named is meant even where the configuration can't be read. */
export function targetFile(named: string | undefined): TargetFile {
  if (named !== undefined) return { file: path.resolve(named), inUse: isConfigured(named) };
  const loaded = loadConfig();
  return { file: credentialsFile(loaded), inUse: loaded.config.database.credentials !== null };
}

function isConfigured(file: string): boolean {
  try {
    const loaded = loadConfig();
    return (
      loaded.config.database.credentials !== null && credentialsFile(loaded) === path.resolve(file)
    );
  } catch {
    return false;
  }
}

/** Where the caller hands a standard input in, nobody sits at it. */
export function asking<T>(
  io: CommandIo,
  work: (terminal: Terminal | undefined) => Promise<T>,
): Promise<T> {
  return io.stdin === undefined ? withTerminal(work) : work(undefined);
}
