/** What the log says of failed attempts, and that a token is in no line of it; and the database being away. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ApiTokenService } from '../../../src/auth/api-token.service';
import { newToken } from '../../../src/auth/token';
import { TokenAuthenticator } from '../../../src/auth/token-authenticator';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { type Edge, RawSocket, send, startEdge } from '../http/edge';
import { OCTETS, upload } from '../upload/upload-client';

let database: OpenTestDatabase;
let dataSource: DataSource;
let edge: Edge;
beforeEach(async () => {
  database = await openTestDatabase();
  dataSource = database.dataSource;
  edge = await startEdge(
    { websocketTokenCheckMs: 100 },
    {
      host: '0.0.0.0',
      authenticator: new TokenAuthenticator(dataSource),
      receiveUpload: () => Promise.reject(new Error('never reached')),
    },
  );
});
afterEach(async () => {
  await edge.server.close();
  await database.end();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ask = (token: string, path = '/graphql') =>
  send(edge.port, {
    path,
    headers: { 'content-type': 'application/json', ...bearer(token) },
    body: '{"query":"{ hello }"}',
  });

it('names address, reason and the id of a known token, on every transport, and never a token', async () => {
  const tokens = new ApiTokenService(dataSource);
  const make = () => tokens.create({ name: 'x', role: 'viewer' });
  const [good, revoked, expired] = [await make(), await make(), await make()];
  await tokens.revoke(revoked.apiToken.id);
  await dataSource.query('UPDATE api_token SET expires_at = now() WHERE id = $1', [
    expired.apiToken.id,
  ]);
  const wrong = newToken();
  const malformed = 'assay_tooShortToBeOneOfOurs';

  expect((await ask(good.token)).status).toBe(200);
  for (const token of [wrong, malformed, revoked.token, expired.token]) {
    expect((await ask(token)).status).toBe(401);
  }
  await upload(edge.port, '?filename=a', Buffer.from('x'), { ...OCTETS, ...bearer(wrong) });
  await expect(RawSocket.open(edge.port, bearer(wrong))).rejects.toThrow('401');
  const socket = await RawSocket.open(edge.port);
  socket.send({ type: 'connection_init', payload: bearer(wrong) });
  expect((await socket.closed).code).toBe(4401);

  const failed = edge.logLines.filter(({ msg }) => msg === 'authentication failed');
  const revokedLine = { reason: 'revoked', tokenId: revoked.apiToken.id };
  const expiredLine = { reason: 'expired', tokenId: expired.apiToken.id };
  const lines = [{ reason: 'unknown' }, { reason: 'malformed' }, revokedLine, expiredLine];
  const others = Array.from({ length: 3 }, () => ({ reason: 'unknown' }));
  expect(failed).toMatchObject([...lines, ...others]);
  for (const { level, remoteAddress } of failed) {
    expect([level, remoteAddress]).toEqual([40, '127.0.0.1']);
  }
  const log = JSON.stringify(edge.logLines);
  for (const token of [good.token, revoked.token, expired.token, wrong, malformed]) {
    expect(log).not.toContain(token.slice('assay_'.length));
  }
  expect(log).toContain(good.apiToken.id);
});

it('a token that can not be checked is refused with 503, and nothing of the database is told', async () => {
  const { token } = await new ApiTokenService(dataSource).create({ name: 'x', role: 'viewer' });
  const socket = await RawSocket.open(edge.port, bearer(token));
  socket.send({ type: 'connection_init' });
  await socket.next(({ type }) => type === 'connection_ack');
  await dataSource.query('ALTER TABLE api_token RENAME TO away');
  const { status, text, errors } = await ask(token);
  expect([status, errors[0]?.extensions.code]).toEqual([503, 'AUTH_UNAVAILABLE']);
  expect(text).not.toMatch(/api_token|SELECT|relation/);
  expect((await send(edge.port, { method: 'GET', path: '/health/live' })).status).toBe(200);

  // A connection that was let in stays while nobody can say, but runs nothing new …
  socket.subscribe('a', '{ hello }');
  const [refusal] = await socket.errorsOf('a');
  expect(refusal?.extensions.code).toBe('AUTH_UNAVAILABLE');
  const late = await RawSocket.open(edge.port);
  late.send({ type: 'connection_init', payload: bearer(token) });
  expect((await late.closed).code).toBe(1013);

  // … and goes on when the database is back.
  await dataSource.query('ALTER TABLE away RENAME TO api_token');
  socket.subscribe('b', '{ hello }');
  expect((await socket.next(({ id }) => id === 'b')).type).toBe('next');
  socket.socket.terminate();
  expect(JSON.stringify(edge.logLines)).not.toContain(token.slice('assay_'.length));
});

it('a token that ends while the database is away ends its connection by the clock', async () => {
  const { token, apiToken } = await new ApiTokenService(dataSource).create({
    name: randomUUID(),
    role: 'viewer',
  });
  await dataSource.query(
    `UPDATE api_token SET expires_at = now() + interval '1 second' WHERE id = $1`,
    [apiToken.id],
  );
  const socket = await RawSocket.open(edge.port, bearer(token));
  socket.send({ type: 'connection_init' });
  await socket.next(({ type }) => type === 'connection_ack');
  await dataSource.query('ALTER TABLE api_token RENAME TO away');
  expect(await socket.closed).toMatchObject({
    code: 4401,
    reason: expect.stringContaining('has expired') as string,
  });
});
