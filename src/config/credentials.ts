/** Reads db.credentials: how to reach PostgreSQL, as YAML in a file sealed by Ansible Vault. */
import { inspect } from 'node:util';
import { LineCounter, parseDocument } from 'yaml';
import { UserError } from '../errors';
import { readSmallFile, unseal } from './vault';

export { resolveVaultPassword } from './vault';

/** The vault's cipher blocks the event loop for longer files; credentials need a few hundred bytes. */
const MAX_FILE_BYTES = 64 * 1024;
const DEFAULT_PORT = 5432;

const FIELDS = ['host', 'port', 'database', 'user', 'password', 'tls'];

/** The password can be read from it, and shows in no log, JSON, copy or error. */
export class DatabaseCredentials {
  readonly #password: string;

  constructor(
    readonly host: string,
    readonly port: number,
    readonly database: string,
    readonly user: string,
    password: string,
    readonly tls: boolean,
  ) {
    this.#password = password;
  }

  get password(): string {
    return this.#password;
  }

  toJSON(): Record<string, unknown> {
    const { host, port, database, user, tls } = this;
    return { host, port, database, user, password: '[redacted]', tls };
  }

  [inspect.custom](): string {
    return `DatabaseCredentials ${inspect(this.toJSON())}`;
  }
}

/**
 * Vault formats 1.1 and 1.2, AES256, any vault id; line ends of Unix or Windows. `port` is 5432 and
 * `tls` true where the file does not say.
 * @throws UserError CREDENTIALS_MISSING, CREDENTIALS_TOO_LARGE (over 64 KiB), CREDENTIALS_NOT_A_VAULT,
 *   CREDENTIALS_VAULT_PASSWORD_WRONG (also when the file was tampered with), CREDENTIALS_INVALID with the
 *   problems of all fields; OperationalError CREDENTIALS_UNREADABLE
 */
export async function readDatabaseCredentials(options: {
  file: string;
  vaultPassword: string;
}): Promise<DatabaseCredentials> {
  const { file, vaultPassword } = options;
  const sealed = await readSmallFile(file, MAX_FILE_BYTES);
  if (sealed === 'missing') {
    throw new UserError(
      'CREDENTIALS_MISSING',
      `There is no file ${file}. Make it with "ansible-vault create ${file}", or set DATABASE_URL instead.`,
      { details: { file } },
    );
  }
  if (sealed === 'too large') {
    throw new UserError(
      'CREDENTIALS_TOO_LARGE',
      `${file} is larger than ${MAX_FILE_BYTES} bytes, which no credentials need. Name the right file.`,
      { details: { file } },
    );
  }
  return parseCredentials(file, await unseal(file, sealed, vaultPassword));
}

/** No message quotes the text, and no error of the YAML reader goes along as a cause: both show secrets. */
function parseCredentials(file: string, text: string): DatabaseCredentials {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, logLevel: 'silent' });
  const error = document.errors[0];
  if (error !== undefined || text.includes('\uFFFD')) {
    const line = error === undefined ? '' : ` (line ${lineCounter.linePos(error.pos[0]).line})`;
    throw invalid(file, [`the sealed text is not YAML in UTF-8${line}`]);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid(file, ['aliases are not allowed']);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(file, [`the sealed text must be a list of fields (${FIELDS.join(', ')})`]);
  }
  return fromFields(file, new Map(Object.entries(value)));
}

function fromFields(file: string, fields: ReadonlyMap<string, unknown>): DatabaseCredentials {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = fields.get(name);
    if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
    const quote =
      typeof value === 'number' || typeof value === 'boolean' ? ': put it in quotes' : '';
    problems.push(`${name} must be a text that is not empty${quote}`);
    return '';
  };
  const port = fields.get('port') ?? DEFAULT_PORT;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    problems.push('port must be a whole number from 1 to 65535');
  }
  const tls = fields.get('tls') ?? true;
  if (typeof tls !== 'boolean') problems.push('tls must be true or false');
  const credentials = new DatabaseCredentials(
    text('host'),
    Number(port),
    text('database'),
    text('user'),
    text('password'),
    tls === true,
  );
  // Counted, not named: where the colon is misplaced a "name" can be the password.
  const unknown = [...fields.keys()].filter((name) => !FIELDS.includes(name)).length;
  if (unknown > 0) problems.push(`${unknown} field(s) other than ${FIELDS.join(', ')}`);
  if (problems.length > 0) throw invalid(file, problems);
  return credentials;
}

function invalid(file: string, problems: string[]): UserError {
  return new UserError(
    'CREDENTIALS_INVALID',
    `The credentials in ${file} cannot be used: ${problems.join('; ')}. Mend them with "ansible-vault edit ${file}".`,
    { details: { file, problems } },
  );
}
