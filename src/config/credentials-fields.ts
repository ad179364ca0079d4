/** The text inside db.credentials: YAML (JSON is some of it) to checked fields and back. */
import { inspect } from 'node:util';
import { LineCounter, parseDocument, stringify } from 'yaml';
import { UserError } from '../errors';

export const DEFAULT_PORT = 5432;

export const FIELDS = ['host', 'port', 'database', 'user', 'password', 'tls'] as const;

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

/** With the password, to be sealed. Texts in quotes: YAML 1.1, which Ansible reads, takes a bare `no` for false. */
export function credentialsYaml(credentials: DatabaseCredentials): string {
  const { password } = credentials;
  return stringify(
    { ...credentials.toJSON(), password },
    { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 },
  );
}

/**
 * `port` is 5432 and `tls` true where the text does not say. No message quotes the text, and no error of the
 * YAML reader goes along as a cause: both show secrets.
 * @param where the text's place, for messages; `advice` says how it is mended there
 * @throws UserError CREDENTIALS_INVALID with the problems of all fields
 */
export function parseCredentials(where: string, text: string, advice: string): DatabaseCredentials {
  const problems: string[] = [];
  const fields = readFields(text, problems);
  const credentials = fields && checkFields(fields, problems);
  if (credentials && problems.length === 0) return credentials;
  throw new UserError(
    'CREDENTIALS_INVALID',
    `The credentials in ${where} cannot be used: ${problems.join('; ')}. ${advice}`,
    { details: { file: where, problems } },
  );
}

function readFields(text: string, problems: string[]): Map<string, unknown> | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, logLevel: 'silent' });
  const error = document.errors[0];
  if (error !== undefined || text.includes('\uFFFD')) {
    const line = error === undefined ? '' : ` (line ${lineCounter.linePos(error.pos[0]).line})`;
    problems.push(`the text is not YAML in UTF-8${line}`);
    return undefined;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    problems.push('aliases are not allowed');
    return undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  problems.push(`the text must be a list of fields (${FIELDS.join(', ')})`);
  return undefined;
}

function checkFields(
  fields: ReadonlyMap<string, unknown>,
  problems: string[],
): DatabaseCredentials {
  const text = (name: string): string => {
    const value = fields.get(name);
    if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
    const quote =
      typeof value === 'number' || typeof value === 'boolean' ? ': put it in quotes' : '';
    problems.push(`${name} must be a text that is not empty${quote}`);
    return '';
  };
  const port = fields.get('port') ?? DEFAULT_PORT;
  if (!isPort(port)) problems.push('port must be a whole number from 1 to 65535');
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
  const names: readonly string[] = FIELDS;
  const unknown = [...fields.keys()].filter((name) => !names.includes(name)).length;
  if (unknown > 0) problems.push(`${unknown} field(s) other than ${FIELDS.join(', ')}`);
  return credentials;
}

export function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}
