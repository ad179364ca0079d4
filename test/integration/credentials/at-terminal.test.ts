/** `assay credentials` with a person at a real pseudo-terminal: what is asked, and what the screen never shows. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readDatabaseCredentials } from '../../../src/config/credentials';
import { temporaryFolder } from '../../support/temporary-folder';
import { runAtTerminal, runCredentials } from './run-credentials';

// The options of script(1) are those of util-linux.
const withTerminal = process.platform === 'linux' ? describe : describe.skip;

const ENTER = '\r';
const CTRL_C = '\x03';
const BACKSPACE = '\x7f';

let file: string;

beforeEach(async () => {
  file = path.join(await temporaryFolder(), 'db.credentials');
});

const read = (vaultPassword: string) => readDatabaseCredentials({ file, vaultPassword });

async function sealFields(): Promise<void> {
  const input = '{"host": "h", "database": "d", "user": "u", "password": "s3cret"}';
  const env = { ASSAY_VAULT_PASSWORD: 'vault-w0rd' };
  expect(await runCredentials(['init', '--file', file], env, { input })).toMatchObject({ code: 0 });
}

withTerminal('at a terminal', () => {
  test('init asks for each field again until it can be used, and shows no password', async () => {
    const { code, screen } = await runAtTerminal(
      ['credentials', 'init', '--file', file, '--vault-id', 'lab'],
      {},
      [
        ['Host: ', ENTER],
        ['Host: ', `db.example${ENTER}`],
        ['Port [5432]: ', `70000${ENTER}`],
        ['Port [5432]: ', ENTER],
        ['Database: ', `results${ENTER}`],
        ['User: ', `assay${ENTER}`],
        ['Password: ', `s3creX${BACKSPACE}t ß${ENTER}`],
        ['Password again: ', `s3cret ß${ENTER}`],
        ['TLS [yes]: ', `no${ENTER}`],
        ['New vault password: ', `vault-w0rd${ENTER}`],
        ['New vault password again: ', `vault-w0rd${ENTER}`],
      ],
    );
    expect(screen).toContain('Host is needed.');
    expect(screen).toContain("That can't be used as Port.");
    expect(screen).toContain(`Sealed ${file}`);
    expect(screen).not.toMatch(/s3cre|vault-w/);
    expect(code).toBe(0);
    const fields = { host: 'db.example', port: 5432, database: 'results', user: 'assay' };
    const credentials = await read('vault-w0rd');
    expect(credentials).toMatchObject({ ...fields, password: 's3cret ß', tls: false });
    expect(await readFile(file, 'utf8')).toContain(';lab\n');
  });

  test('passwords that differ, and Ctrl-C, make no file', async () => {
    const env = { ASSAY_VAULT_PASSWORD: 'vault-w0rd' };
    const start = [
      ['Host: ', `h${ENTER}${ENTER}d${ENTER}`], // typed ahead: the next answers too
      ['User: ', `u${ENTER}`],
    ] as const;
    const differ = await runAtTerminal(['credentials', 'init', '--file', file], env, [
      ...start,
      ['Password: ', `one${ENTER}`],
      ['Password again: ', `two${ENTER}`],
    ]);
    expect(differ.code).toBe(2);
    expect(differ.screen).toContain('CREDENTIALS_PASSWORDS_DIFFER: ');
    const cancelled = await runAtTerminal(['credentials', 'init', '--file', file], env, [
      ...start,
      ['Password: ', `s3cret${CTRL_C}`],
    ]);
    expect(cancelled.code).toBe(2);
    expect(cancelled.screen).toContain('CREDENTIALS_CANCELLED: ');
    expect(cancelled.screen).not.toContain('s3cret');
    expect(await readdir(path.dirname(file))).toEqual([]);
  });

  test('rekey asks for the old password and twice for the new one', async () => {
    await sealFields();
    const { code, screen } = await runAtTerminal(['credentials', 'rekey', '--file', file], {}, [
      ['Vault password: ', `vault-w0rd${ENTER}`],
      ['New vault password: ', `n3wer${ENTER}`],
      ['New vault password again: ', `n3wer${ENTER}`],
    ]);
    expect(code).toBe(0);
    expect(screen).not.toMatch(/vault-w|n3wer/);
    expect(await read('n3wer')).toMatchObject({ host: 'h', password: 's3cret' });
  });

  test('edit goes field by field where there is no editor, and Enter keeps what is there', async () => {
    await sealFields();
    const { code, screen } = await runAtTerminal(['credentials', 'edit', '--file', file], {}, [
      ['Vault password: ', `vault-w0rd${ENTER}`],
      ['Host [h]: ', `other.example${ENTER}`],
      ['Port [5432]: ', ENTER],
      ['Database [d]: ', ENTER],
      ['User [u]: ', ENTER],
      ['Password (Enter keeps it): ', ENTER],
      ['Password (Enter keeps it) again: ', ENTER],
      ['TLS [yes]: ', ENTER],
    ]);
    expect(code).toBe(0);
    expect(screen).not.toMatch(/s3cret|vault-w/);
    expect(await read('vault-w0rd')).toMatchObject({ host: 'other.example', password: 's3cret' });
  });

  test('a slip in the editor leads back to it', async () => {
    await sealFields();
    const marker = path.join(path.dirname(file), 'second');
    const EDITOR = `f() { if [ -e '${marker}' ]; then sed -i 's/^port: no$/port: 99/' "$1"; else touch '${marker}'; sed -i 's/^port:.*/port: no/' "$1"; fi; }; f`;
    const { code, screen } = await runAtTerminal(
      ['credentials', 'edit', '--file', file],
      { EDITOR },
      [
        ['Vault password: ', `vault-w0rd${ENTER}`],
        ['Back to the editor? [Y/n] ', ENTER],
      ],
    );
    expect(screen).toContain('port must be a whole number');
    expect(code).toBe(0);
    expect(await read('vault-w0rd')).toMatchObject({ port: 99 });
    expect(existsSync(marker)).toBe(true);
  });

  test('a command that needs the database asks for the vault password too', async () => {
    await sealFields();
    const env = { ASSAY_DB_CREDENTIALS: file };
    const { code, screen } = await runAtTerminal(['migrate'], env, [
      ['Vault password: ', `wr0ng${ENTER}`],
    ]);
    expect(code).toBe(2);
    expect(screen).toContain('CREDENTIALS_VAULT_PASSWORD_WRONG: ');
    expect(screen).not.toContain('wr0ng');
  });
});
