/** The person at the machine needs no token; whoever only seems to be there does. */
import { newToken } from '../../../src/auth/token';
import { send } from '../http/edge';
import { OCTETS } from '../upload/upload-client';
import { bearer, type GuardedService, startGuarded } from './guarded-service';

let service: GuardedService;
beforeAll(async () => {
  service = await startGuarded('localhost', (config) => {
    config.server.allowedHosts = ['assay.example'];
  });
});
afterAll(() => service.end());

const ME = JSON.stringify({ query: '{ me { name role } }' });

async function me(headers: Record<string, string> = {}) {
  const { status, data, errors } = await send(service.port, {
    headers: { 'content-type': 'application/json', ...headers },
    body: ME,
  });
  return data ?? [status, errors[0]?.extensions.code];
}

it('the person at the machine is an admin without a token', async () => {
  expect(await me()).toEqual({ me: { name: 'local', role: 'ADMIN' } });
  const answer = await service.as().send('{ tokens { name role } }');
  expect(answer.errors).toEqual([]);
});

it('a token that is given is checked, and then it alone says who calls', async () => {
  expect(await me(bearer(newToken()))).toEqual([401, 'UNAUTHENTICATED']);
  expect(await me({ authorization: '' })).toEqual([401, 'UNAUTHENTICATED']);
  expect(await me(bearer(service.tokens.viewer))).toEqual({
    me: { name: 'viewer', role: 'VIEWER' },
  });
  const { viewer } = service.tokens;
  expect(await service.as(viewer).codes('{ tokens { id } }')).toEqual(['FORBIDDEN']);
});

it.each([
  { 'x-forwarded-for': '203.0.113.9' },
  { 'x-real-ip': '203.0.113.9' },
  { forwarded: 'for=203.0.113.9' },
  { via: '1.1 proxy' },
  // A proxy on this machine that passes the name on.
  { host: 'assay.example' },
])('who comes through a proxy on the machine (%j) needs a token', async (headers) => {
  expect(await me(headers)).toEqual([401, 'UNAUTHENTICATED']);
  expect(await me({ ...headers, ...bearer(service.tokens.runner) })).toEqual({
    me: { name: 'runner', role: 'RUNNER' },
  });
  const { status } = await send(service.port, {
    method: 'PUT',
    path: '/checkpoints/upload?filename=a.onnx',
    headers: { ...OCTETS, ...headers },
    body: 'x',
  });
  expect(status).toBe(401);
});

it('a page that made its own name point here is refused as before, token or not', async () => {
  for (const headers of [{}, bearer(service.tokens.admin)]) {
    expect(await me({ host: 'evil.example', ...headers })).toEqual([421, 'HOST_NOT_ALLOWED']);
  }
  const { status } = await send(service.port, {
    method: 'PUT',
    path: '/checkpoints/upload?filename=a.onnx',
    headers: { ...OCTETS, origin: 'http://evil.example', ...bearer(service.tokens.admin) },
    body: 'x',
  });
  expect(status).toBe(403);
});
