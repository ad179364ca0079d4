/** The vault password's ways in: the environment, a file, a hidden prompt. Never an argument of a command. */
import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { UserError } from '../errors';
import { readSmallFile } from './secret-file';
import type { Terminal } from './terminal';

const MAX_PASSWORD_FILE_BYTES = 4 * 1024;
const OTHERS = 0o077;
/** Containers find their secrets here, with a mode that their engine chose and nobody else around. */
const CONTAINER_SECRETS = '/run/secrets/';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The password that opens the vault: ASSAY_VAULT_PASSWORD itself, else the text of the file that
 * ASSAY_VAULT_PASSWORD_FILE names, without the white space around it (as Ansible reads it), else what a
 * person types into `terminal`.
 * @throws UserError CREDENTIALS_VAULT_PASSWORD_MISSING, CREDENTIALS_CANCELLED; OperationalError
 *   CREDENTIALS_UNREADABLE
 */
export async function resolveVaultPassword(
  env: Environment = process.env,
  terminal?: Terminal,
): Promise<string> {
  const given = await fromEnvironment(env, 'ASSAY_VAULT_PASSWORD');
  if (given !== undefined) return given;
  if (terminal === undefined) throw notGiven('ASSAY_VAULT_PASSWORD');
  return strip(await terminal.askHidden('Vault password: '));
}

/**
 * The password to seal with: from `variable` or `variable`_FILE as above, else typed twice.
 * @throws as `resolveVaultPassword`, and UserError CREDENTIALS_PASSWORDS_DIFFER
 */
export async function resolveNewVaultPassword(
  variable: 'ASSAY_VAULT_PASSWORD' | 'ASSAY_NEW_VAULT_PASSWORD',
  env: Environment,
  terminal: Terminal | undefined,
): Promise<string> {
  const given = await fromEnvironment(env, variable);
  if (given !== undefined) return given;
  if (terminal === undefined) throw notGiven(variable);
  return strip(await askTwice(terminal, 'New vault password'));
}

/** @throws UserError CREDENTIALS_PASSWORDS_DIFFER, CREDENTIALS_CANCELLED */
export async function askTwice(terminal: Terminal, what: string): Promise<string> {
  const first = await terminal.askHidden(`${what}: `);
  if (first === (await terminal.askHidden(`${what} again: `))) return first;
  throw new UserError(
    'CREDENTIALS_PASSWORDS_DIFFER',
    'The two are not the same; nothing was changed. Start again.',
  );
}

async function fromEnvironment(env: Environment, variable: string): Promise<string | undefined> {
  const given = env[variable];
  if (given) return given;
  const file = env[`${variable}_FILE`];
  if (!file) return undefined;
  const content = await readSmallFile(file, MAX_PASSWORD_FILE_BYTES);
  if (Buffer.isBuffer(content) && isUtf8(content)) {
    const password = strip(content.toString('utf8'));
    if (password !== '') {
      await warnIfOthersRead(variable, file);
      return password;
    }
  }
  const problem =
    content === 'missing'
      ? 'does not exist'
      : content === 'too large'
        ? `is larger than ${MAX_PASSWORD_FILE_BYTES} bytes`
        : isUtf8(content)
          ? 'is empty'
          : 'is not text in UTF-8';
  throw new UserError(
    'CREDENTIALS_VAULT_PASSWORD_MISSING',
    `${variable}_FILE names ${file}, which ${problem}. Put the vault's password, alone, into it.`,
  );
}

/** A warning and no refusal: bind-mounted files keep modes that the one who mounts them can not always choose. */
async function warnIfOthersRead(variable: string, file: string): Promise<void> {
  const found = await stat(file);
  if (!found.isFile() || (found.mode & OTHERS) === 0 || file.startsWith(CONTAINER_SECRETS)) return;
  process.emitWarning(
    `${variable}_FILE names ${file}, which others than its owner may read or change. Run "chmod 600 ${file}".`,
    { code: 'CREDENTIALS_PASSWORD_FILE_OPEN' },
  );
}

/** The white space that Ansible takes away, byte for byte: no other, and no byte order mark. */
function strip(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
}

function notGiven(variable: string): UserError {
  return new UserError(
    'CREDENTIALS_VAULT_PASSWORD_MISSING',
    `A vault password is needed and none was given: set ${variable}, or ${variable}_FILE to the name of a ` +
      'file that holds it, or start the command at a terminal to be asked.',
  );
}
