/** Ansible Vault behind a wrapper: the password's ways in, and sealed files to their text. */
import { open } from 'node:fs/promises';
import { Vault } from 'ansible-vault';
import { OperationalError, UserError } from '../errors';

const MAX_PASSWORD_FILE_BYTES = 4 * 1024;

const HEADER = /^\$ANSIBLE_VAULT;1\.[12];AES256(;[^;\s]+)?$/;

/**
 * The password of the vault: ASSAY_VAULT_PASSWORD itself, else the text of the file that
 * ASSAY_VAULT_PASSWORD_FILE names, without the white space around it (as Ansible reads it). Never an
 * argument of a command, which every user of the machine could read.
 * @throws UserError CREDENTIALS_VAULT_PASSWORD_MISSING
 */
export async function resolveVaultPassword(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const given = env['ASSAY_VAULT_PASSWORD'];
  if (given) return given;
  const file = env['ASSAY_VAULT_PASSWORD_FILE'];
  if (!file) {
    throw vaultPasswordMissing(
      'The database credentials are sealed and no password was given: set ASSAY_VAULT_PASSWORD, or ' +
        'ASSAY_VAULT_PASSWORD_FILE to the name of a file that holds it.',
    );
  }
  const text = await readSmallFile(file, MAX_PASSWORD_FILE_BYTES);
  const problem =
    text === 'missing'
      ? 'does not exist'
      : text === 'too large'
        ? `is larger than ${MAX_PASSWORD_FILE_BYTES} bytes`
        : text.toString('utf8').trim() === ''
          ? 'is empty'
          : undefined;
  if (problem !== undefined) {
    throw vaultPasswordMissing(
      `ASSAY_VAULT_PASSWORD_FILE names ${file}, which ${problem}. Put the vault's password, alone, into it.`,
    );
  }
  return text.toString('utf8').trim();
}

/**
 * The text sealed in `sealed`; `file` is its name for messages. The caller bounds the size.
 * @throws UserError CREDENTIALS_NOT_A_VAULT, CREDENTIALS_VAULT_PASSWORD_WRONG,
 *   CREDENTIALS_VAULT_PASSWORD_MISSING for an empty password
 */
export async function unseal(file: string, sealed: Buffer, vaultPassword: string): Promise<string> {
  if (vaultPassword === '') {
    throw vaultPasswordMissing(
      `The password that opens ${file} is empty. Set ASSAY_VAULT_PASSWORD.`,
    );
  }
  // The library takes any text for hexadecimal; white space at a line's end would shift its pairs.
  const [header = '', ...lines] = sealed
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim());
  const body = lines.join('');
  if (!HEADER.test(header) || !/^([0-9a-f]{2})+$/i.test(body)) {
    throw new UserError(
      'CREDENTIALS_NOT_A_VAULT',
      `${file} is not a file of Ansible Vault (AES256, format 1.1 or 1.2), or is damaged. ` +
        `Seal it with "ansible-vault encrypt ${file}".`,
      { details: { file } },
    );
  }
  // Without an id the library opens vaults of every id; with another one it answers undefined.
  const text = await new Vault({ password: vaultPassword })
    .decrypt(`${header}\n${body}`, undefined)
    .catch(() => undefined);
  if (text === undefined) {
    throw new UserError(
      'CREDENTIALS_VAULT_PASSWORD_WRONG',
      `The vault password does not open ${file}, or the file was changed after it was sealed. ` +
        'Check ASSAY_VAULT_PASSWORD or ASSAY_VAULT_PASSWORD_FILE.',
      { details: { file } },
    );
  }
  return text;
}

function vaultPasswordMissing(message: string): UserError {
  return new UserError('CREDENTIALS_VAULT_PASSWORD_MISSING', message);
}

/**
 * Bounded whatever the file claims to be: a device or a pipe has no size to check beforehand.
 * @throws OperationalError CREDENTIALS_UNREADABLE
 */
export async function readSmallFile(
  file: string,
  maxBytes: number,
): Promise<Buffer | 'missing' | 'too large'> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length > maxBytes ? 'too large' : buffer.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw new OperationalError(
      'CREDENTIALS_UNREADABLE',
      `${file} could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Check its owner and mode.`,
      { details: { file }, cause: error },
    );
  }
}
