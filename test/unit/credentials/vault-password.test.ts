/** The vault password from the environment and from files; the prompt has its test at a real terminal. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolveNewVaultPassword, resolveVaultPassword } from '../../../src/config/vault-password';
import { temporaryFolder } from '../../support/temporary-folder';

async function passwordFile(content: string | Buffer): Promise<string> {
  const file = path.join(await temporaryFolder(), 'password');
  await writeFile(file, content, { mode: 0o600 });
  return file;
}

test('it comes from the environment before the file', async () => {
  const env = { ASSAY_VAULT_PASSWORD_FILE: await passwordFile('  from file\r\n') };
  expect(await resolveVaultPassword({ ...env, ASSAY_VAULT_PASSWORD: 'direct' })).toBe('direct');
  expect(await resolveVaultPassword(env)).toBe('from file');
});

test('of a file, the white space that Ansible takes away goes, and no other', async () => {
  const kept = '\uFEFF\u00A0pässwörd in two\u2003';
  const file = await passwordFile(` \t\v\f${kept}\r\n\n`);
  expect(await resolveVaultPassword({ ASSAY_VAULT_PASSWORD_FILE: file })).toBe(kept);
});

test.each([
  ['neither is set', {}, /set ASSAY_VAULT_PASSWORD/],
  [
    'both are empty',
    { ASSAY_VAULT_PASSWORD: '', ASSAY_VAULT_PASSWORD_FILE: '' },
    /set ASSAY_VAULT/,
  ],
  ['the file is not there', { ASSAY_VAULT_PASSWORD_FILE: '/nonexistent/x' }, /does not exist/],
  ['the file is empty', { ASSAY_VAULT_PASSWORD_FILE: '/dev/null' }, /is empty/],
  ['the file has no end', { ASSAY_VAULT_PASSWORD_FILE: '/dev/zero' }, /larger than 4096/],
])('it is missed by name when %s', async (_, env, message) => {
  const error = resolveVaultPassword(env);
  await expect(error).rejects.toMatchObject({ code: 'CREDENTIALS_VAULT_PASSWORD_MISSING' });
  await expect(error).rejects.toThrow(message);
});

test('a file that is not UTF-8 is refused, for no key would come of it', async () => {
  const file = await passwordFile(Buffer.from('p\xe4ss', 'latin1'));
  await expect(resolveVaultPassword({ ASSAY_VAULT_PASSWORD_FILE: file })).rejects.toThrow(/UTF-8/);
});

test('the new password has variables of its own', async () => {
  const env = { ASSAY_VAULT_PASSWORD: 'old' };
  const resolve = (more = {}) =>
    resolveNewVaultPassword('ASSAY_NEW_VAULT_PASSWORD', { ...env, ...more }, undefined);
  await expect(resolve()).rejects.toThrow(/set ASSAY_NEW_VAULT_PASSWORD,/);
  expect(await resolve({ ASSAY_NEW_VAULT_PASSWORD: 'new' })).toBe('new');
  const ASSAY_NEW_VAULT_PASSWORD_FILE = await passwordFile('newer\n');
  expect(await resolve({ ASSAY_NEW_VAULT_PASSWORD_FILE })).toBe('newer');
});
