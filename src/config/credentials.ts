/** db.credentials: how to reach PostgreSQL, as YAML in a file sealed by Ansible Vault. */
import path from 'node:path';
import { UserError } from '../errors';
import { type DatabaseCredentials, parseCredentials } from './credentials-fields';
import { refuseDemoPasswords } from './demo-passwords';
import type { LoadedConfig } from './load-config';
import { readSmallFile } from './secret-file';
import { type Unsealed, unseal } from './vault';

export { resolveVaultPassword } from './vault-password';

/** The vault's cipher blocks the event loop for longer files; credentials need a few hundred bytes. */
export const MAX_CREDENTIALS_BYTES = 64 * 1024;

/** Where `assay credentials init` puts the file when neither configuration nor command names one. */
const DEFAULT_FILE = 'db.credentials';

export interface OpenedCredentials extends Unsealed {
  /** The file's bytes, to see before it is written again that nobody else has changed it. */
  sealed: Buffer;
}

/**
 * Vault formats 1.1 and 1.2, AES256, any vault id; line ends of Unix or Windows.
 * @throws as `openCredentials` and `parseCredentials`; UserError CREDENTIALS_DEMO_PASSWORD in production
 */
export async function readDatabaseCredentials(options: {
  file: string;
  vaultPassword: string;
  env?: Readonly<Record<string, string | undefined>>;
}): Promise<DatabaseCredentials> {
  const { file, vaultPassword, env = process.env } = options;
  refuseDemoPasswords(env, { vaultPassword });
  const { text } = await openCredentials(file, vaultPassword);
  const credentials = parseSealed(file, text);
  refuseDemoPasswords(env, { vaultPassword, password: credentials.password });
  return credentials;
}

/** @throws UserError CREDENTIALS_INVALID */
export function parseSealed(file: string, text: string): DatabaseCredentials {
  return parseCredentials(file, text, 'Mend them with "assay credentials edit".');
}

/**
 * The sealed text, not yet checked: who mends it must be able to open it.
 * @throws as `readSealedFile` and `unseal`
 */
export async function openCredentials(
  file: string,
  vaultPassword: string,
): Promise<OpenedCredentials> {
  const sealed = await readSealedFile(file);
  return { sealed, ...(await unseal(file, sealed, vaultPassword)) };
}

/**
 * The file as it is.
 * @throws UserError CREDENTIALS_MISSING, CREDENTIALS_TOO_LARGE (over 64 KiB); OperationalError
 *   CREDENTIALS_UNREADABLE
 */
export async function readSealedFile(file: string): Promise<Buffer> {
  const sealed = await readSmallFile(file, MAX_CREDENTIALS_BYTES);
  if (sealed === 'missing') {
    throw new UserError(
      'CREDENTIALS_MISSING',
      `There is no file ${file}. Make it with "assay credentials init", or set DATABASE_URL instead.`,
      { details: { file } },
    );
  }
  if (sealed === 'too large') {
    throw new UserError(
      'CREDENTIALS_TOO_LARGE',
      `${file} is larger than ${MAX_CREDENTIALS_BYTES} bytes, which no credentials need. Name the right file.`,
      { details: { file } },
    );
  }
  return sealed;
}

/** The file that the configuration names; where it names none, the one beside config.yaml. */
export function credentialsFile({ config, folder }: LoadedConfig): string {
  return path.resolve(folder, config.database.credentials ?? DEFAULT_FILE);
}
