/** Tokens over GraphQL, and what the database keeps of them. */
import { tokenHash } from '../../../src/auth/token';
import { type GuardedService, startGuarded } from './guarded-service';

const CREATE = `mutation ($input: CreateTokenInput!) {
  createToken(input: $input) { token apiToken { id name role createdAt expiresAt revokedAt lastUsedAt } }
}`;
const LIST = '{ tokens { id name role expiresAt revokedAt lastUsedAt } }';
const REVOKE = 'mutation ($id: ID!) { revokeToken(id: $id) { id revokedAt } }';

interface Listed {
  id: string;
  name: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
}
interface Created {
  token: string;
  apiToken: Listed & { createdAt: string; expiresAt: string | null };
}

let service: GuardedService;
beforeAll(async () => {
  service = await startGuarded('0.0.0.0');
});
afterAll(() => service.end());

const admin = () => service.as(service.tokens.admin);
const create = async (input: Record<string, unknown>) =>
  (await admin().field('createToken', CREATE, { input })) as Created;
const listed = async () => (await admin().field('tokens', LIST)) as Listed[];
const rows = () =>
  service.app.services.database.dataSource.query<Record<string, unknown>[]>(
    'SELECT * FROM api_token',
  );

it('a token is made, used, seen in the list without itself, and revoked for good', async () => {
  const { token, apiToken } = await create({ name: 'ci', role: 'VIEWER', expiresIn: '90d' });
  const lifeMs = Date.parse(apiToken.expiresAt ?? '') - Date.parse(apiToken.createdAt);
  expect(lifeMs).toBe(90 * 86_400_000);
  expect(apiToken).toMatchObject({ name: 'ci', role: 'VIEWER', revokedAt: null, lastUsedAt: null });

  const before = Date.now();
  expect(await service.as(token).field('me', '{ me { name expiresAt } }')).toEqual({
    name: 'ci',
    expiresAt: apiToken.expiresAt,
  });
  const [newest] = await listed();
  expect(newest).toMatchObject({ id: apiToken.id, name: 'ci' });
  expect(Math.abs(Date.parse(newest?.lastUsedAt ?? '') - before)).toBeLessThan(30_000);
  expect(JSON.stringify(await listed())).not.toMatch(/assay_|[0-9a-f]{64}/);

  const revoked = (await admin().field('revokeToken', REVOKE, { id: apiToken.id })) as Listed;
  expect(revoked.revokedAt).not.toBeNull();
  expect((await service.as(token).send('{ me { name } }')).status).toBe(401);
  expect(await admin().field('revokeToken', REVOKE, { id: apiToken.id })).toEqual(revoked);
});

it('the database holds the SHA-256 of a token and the token nowhere', async () => {
  const { token, apiToken } = await create({ name: 'secret', role: 'WORKER' });
  const all = await rows();
  expect(all.find(({ id }) => id === apiToken.id)).toMatchObject({
    token_hash: tokenHash(token),
    expires_at: null,
  });
  expect(JSON.stringify(all)).not.toContain(token.slice('assay_'.length));
});

it('the last use is noted once in a while, not at every request', async () => {
  const { token, apiToken } = await create({ name: 'busy', role: 'VIEWER' });
  const lastUse = async () => (await listed()).find(({ id }) => id === apiToken.id)?.lastUsedAt;
  await service.as(token).send('{ me { name } }');
  const first = await lastUse();
  await service.as(token).send('{ me { name } }');
  expect(await lastUse()).toBe(first);
  await service.app.services.database.dataSource.query(
    `UPDATE api_token SET last_used_at = last_used_at - interval '6 minutes' WHERE id = $1`,
    [apiToken.id],
  );
  await service.as(token).send('{ me { name } }');
  expect(Date.parse((await lastUse()) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? ''));
});

it.each([
  [{ name: '' }, 'TOKEN_NAME_INVALID'],
  [{ name: '   ' }, 'TOKEN_NAME_INVALID'],
  [{ name: 'two\nlines' }, 'TOKEN_NAME_INVALID'],
  [{ name: 'nul\0' }, 'TOKEN_NAME_INVALID'],
  [{ name: '\u{202e}gnirts' }, 'TOKEN_NAME_INVALID'],
  [{ name: 'x'.repeat(101) }, 'TOKEN_NAME_INVALID'],
  [{ expiresIn: 'soon' }, 'TOKEN_LIFETIME_INVALID'],
  [{ role: 'ROOT' }, 'BAD_USER_INPUT'],
])('nothing is made of %j', async (wrong, code) => {
  const before = await rows();
  const input = { name: 'x', role: 'VIEWER', ...wrong };
  expect(await admin().codes(CREATE, { input })).toEqual([code]);
  expect(await rows()).toEqual(before);
});

it('a token that is not there can not be revoked', async () => {
  const id = '0b5b7a3e-6a55-4d0a-9b59-6f4f6f6f6f6f';
  expect(await admin().codes(REVOKE, { id })).toEqual(['TOKEN_NOT_FOUND']);
  expect(await admin().codes(REVOKE, { id: '7' })).toEqual(['BAD_USER_INPUT']);
});
