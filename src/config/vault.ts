/** Ansible Vault behind a wrapper: sealed files to their text and back, with the vault's id. */
import { isUtf8 } from 'node:buffer';
import { Vault } from 'ansible-vault';
import { UserError } from '../errors';

const HEADER = /^\$ANSIBLE_VAULT;1\.[12];AES256(?:;(?<id>[^;\s]+))?$/;

/** ASCII without `;` and `@`: ansible-vault writes other labels, and then refuses to read the file. */
const WRITABLE_ID = /^[!-:<-?A-~]{1,100}$/;

/**
 * Inside, hexadecimal once more: a salt, the HMAC-SHA-256 and whole blocks of AES. Salts have 32 bytes unless
 * Ansible's VAULT_ENCRYPT_SALT says otherwise.
 */
const INNER = /^(?:[0-9a-f]{2})+\n[0-9a-f]{64}\n(?:[0-9a-f]{32})+$/i;

export interface Unsealed {
  text: string;
  /** Of the header; undefined in format 1.1, which has none. */
  vaultId: string | undefined;
}

/**
 * What is sealed in `sealed`; `file` is its name for messages. The caller bounds the size.
 *
 * A wrong password and a changed file are one error. The format holds nothing to tell them apart before the
 * HMAC is right, and a guess from text that nothing vouches for would tell a forger how far off he is.
 * @throws UserError CREDENTIALS_NOT_A_VAULT, CREDENTIALS_TRUNCATED, CREDENTIALS_VAULT_PASSWORD_WRONG,
 *   CREDENTIALS_VAULT_PASSWORD_MISSING for an empty password
 */
export async function unseal(
  file: string,
  sealed: Buffer,
  vaultPassword: string,
): Promise<Unsealed> {
  if (vaultPassword === '') throw passwordEmpty(`The password that opens ${file} is empty.`);
  // The library takes any text for hexadecimal; white space at a line's end would shift its pairs.
  const [header = '', ...lines] = sealed
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim());
  const body = lines.join('');
  const match = HEADER.exec(header);
  if (!isUtf8(sealed) || match === null || !/^[0-9a-f]*$/i.test(body)) {
    throw new UserError(
      'CREDENTIALS_NOT_A_VAULT',
      `${file} is not a file of Ansible Vault (AES256, format 1.1 or 1.2), or is damaged. ` +
        'Make one with "assay credentials init", or seal it with "ansible-vault encrypt".',
      { details: { file } },
    );
  }
  if (body.length % 2 !== 0 || !INNER.test(Buffer.from(body, 'hex').toString('latin1'))) {
    throw new UserError(
      'CREDENTIALS_TRUNCATED',
      `${file} is incomplete or damaged: its end or a part of it is missing. Restore it from a copy.`,
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
  return { text, vaultId: match.groups?.['id'] };
}

/**
 * Seals as ansible-vault does: format 1.2 under an id, 1.1 without one or under `default`.
 * @throws UserError CREDENTIALS_VAULT_ID_INVALID, CREDENTIALS_VAULT_PASSWORD_MISSING for an empty password
 */
export async function seal(
  text: string,
  vaultPassword: string,
  vaultId: string | undefined,
): Promise<string> {
  if (vaultPassword === '') throw passwordEmpty('The password to seal with is empty.');
  if (vaultId !== undefined && !WRITABLE_ID.test(vaultId)) {
    throw new UserError(
      'CREDENTIALS_VAULT_ID_INVALID',
      'A vault id is a label of 1 to 100 ASCII characters without spaces, ";" and "@", as in --vault-id production.',
    );
  }
  const id = vaultId === undefined || vaultId === 'default' ? '' : vaultId;
  return `${await new Vault({ password: vaultPassword }).encrypt(text, id)}\n`;
}

function passwordEmpty(message: string): UserError {
  return new UserError(
    'CREDENTIALS_VAULT_PASSWORD_MISSING',
    `${message} Set ASSAY_VAULT_PASSWORD or ASSAY_VAULT_PASSWORD_FILE.`,
  );
}
