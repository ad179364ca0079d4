/** Asks a person for the fields of db.credentials, one by one; the password is not shown. */
import { DEFAULT_PORT, DatabaseCredentials, isPort } from './credentials-fields';
import type { Terminal } from './terminal';
import { askTwice } from './vault-password';

/**
 * @param known what Enter keeps; the password too
 * @throws UserError CREDENTIALS_CANCELLED, CREDENTIALS_PASSWORDS_DIFFER
 */
export async function askCredentials(
  terminal: Terminal,
  known?: DatabaseCredentials,
): Promise<DatabaseCredentials> {
  const filled = (text: string) => (text === '' ? undefined : text);
  const host = await askField(terminal, 'Host', known?.host, filled);
  const port = await askField(terminal, 'Port', known?.port ?? DEFAULT_PORT, toPort);
  const database = await askField(terminal, 'Database', known?.database, filled);
  const user = await askField(terminal, 'User', known?.user, filled);
  const password = await askPassword(terminal, known?.password);
  const tls = await askField(terminal, 'TLS', known?.tls ?? true, toBoolean, yesOrNo);
  return new DatabaseCredentials(host, port, database, user, password, tls);
}

/** Asks until the answer can be used. */
async function askField<T extends string | number | boolean>(
  terminal: Terminal,
  name: string,
  fallback: T | undefined,
  read: (text: string) => T | undefined,
  show: (value: T) => string = String,
): Promise<T> {
  const hint = fallback === undefined ? '' : ` [${show(fallback)}]`;
  for (;;) {
    const answer = (await terminal.ask(`${name}${hint}: `)).trim();
    if (answer === '' && fallback !== undefined) return fallback;
    const value = read(answer);
    if (value !== undefined) return value;
    terminal.tell(answer === '' ? `${name} is needed.` : `That can't be used as ${name}.`);
  }
}

async function askPassword(terminal: Terminal, known: string | undefined): Promise<string> {
  for (;;) {
    const what = known === undefined ? 'Password' : 'Password (Enter keeps it)';
    const password = await askTwice(terminal, what);
    if (password !== '') return password;
    if (known !== undefined) return known;
    terminal.tell('Password is needed.');
  }
}

function toPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  return isPort(port) ? port : undefined;
}

function toBoolean(text: string): boolean | undefined {
  if (/^(y|yes|true)$/i.test(text)) return true;
  return /^(n|no|false)$/i.test(text) ? false : undefined;
}

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');
