/** What is sealed opens again as it was, under the vault id that was wanted. */
import fc from 'fast-check';
import {
  credentialsYaml,
  DatabaseCredentials,
  parseCredentials,
} from '../../../src/config/credentials-fields';
import { seal, unseal } from '../../../src/config/vault';

const opened = async (sealed: string, password = 'open') =>
  unseal('db.credentials', Buffer.from(sealed), password);

test('any text in UTF-8, under any password and with line ends of any kind', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  const password = fc.string({ unit: 'grapheme', minLength: 1 });
  await fc.assert(
    fc.asyncProperty(text, password, fc.boolean(), async (plain, word, windows) => {
      const sealed = await seal(plain, word, undefined);
      const arrived = windows ? sealed.replaceAll('\n', '\r\n') : sealed;
      expect(await opened(arrived, word)).toEqual({ text: plain, vaultId: undefined });
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['production', '$ANSIBLE_VAULT;1.2;AES256;production\n', 'production'],
  ['eu-1/db:main?', '$ANSIBLE_VAULT;1.2;AES256;eu-1/db:main?\n', 'eu-1/db:main?'],
  ['default', '$ANSIBLE_VAULT;1.1;AES256\n', undefined],
  [undefined, '$ANSIBLE_VAULT;1.1;AES256\n', undefined],
])('the vault id %s makes the header that Ansible writes', async (id, header, read) => {
  const sealed = await seal('x', 'open', id);
  expect(sealed.startsWith(header)).toBe(true);
  expect(await opened(sealed)).toEqual({ text: 'x', vaultId: read });
});

test.each(['', 'a b', 'a;b', 'a@b', 'a\nb', 'Büro', '\u200b', 'x'.repeat(101)])(
  'the vault id %j is refused: the header could not be read again',
  async (id) => {
    await expect(seal('x', 'open', id)).rejects.toMatchObject({
      code: 'CREDENTIALS_VAULT_ID_INVALID',
    });
  },
);

test('nothing is sealed with an empty password', async () => {
  await expect(seal('x', '', undefined)).rejects.toMatchObject({
    code: 'CREDENTIALS_VAULT_PASSWORD_MISSING',
  });
});

test('fields come back from their YAML whatever they hold, "no" and "123" too', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !/[\0\uFFFD]/.test(value)),
    fc.constantFrom('no', '123', '~', ' x ', 'a: b # c', '- x', '"', "'", '\\', 'a\r\nb', '&a *a'),
  );
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(text, port, text, text, text, fc.boolean(), (...fields) => {
      const credentials = new DatabaseCredentials(...fields);
      const again = parseCredentials('the test', credentialsYaml(credentials), '');
      expect(again.toJSON()).toEqual(credentials.toJSON());
      expect(again.password).toBe(credentials.password);
    }),
  );
});
