/** Who may do what over HTTP, on a service that other machines could reach. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { newToken } from '../../../src/auth/token';
import { ROLES } from '../../../src/auth/role';
import { writeOnnxModel } from '../../support/layers-models';
import { send } from '../http/edge';
import { OCTETS, upload } from '../upload/upload-client';
import { bearer, expire, type GuardedService, startGuarded } from './guarded-service';

const ME = '{ me { name role } }';
const DELETE = 'mutation ($id: ID!) { deleteCheckpoint(id: $id) { id } }';

let service: GuardedService;
let model: Buffer;

beforeAll(async () => {
  service = await startGuarded('0.0.0.0');
  const file = path.join(service.root, 'net.onnx');
  model = await readFile(await writeOnnxModel(file, path.join(service.root, 'layers')));
});

afterAll(() => service.end());

describe('without a token', () => {
  it('a caller is refused with 401 and told what to do, from the loopback too', async () => {
    const answer = await send(service.port, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: ME }),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="assay"');
    expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', kind: 'user' });
    expect(answer.errors[0]?.message).toContain('Authorization: Bearer');
    expect(answer.errors[0]?.message).toContain('assay token create');
  });

  it('the page for browsers is the same for everybody, and no query runs by GET', async () => {
    const page = await send(service.port, {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(ME)}`,
      headers: { accept: 'text/html' },
    });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('"role"');
  });
});

describe('with a token', () => {
  it.each(ROLES)('a caller with the role %s is known by the name of his token', async (role) => {
    const me = await service.as(service.tokens[role]).field('me', ME);
    expect(me).toEqual({ name: role, role: role.toUpperCase() });
  });

  it('a caller may do what his role holds, and else is told which role is needed', async () => {
    const id = '0b5b7a3e-6a55-4d0a-9b59-6f4f6f6f6f6f';
    const operations: [string, Record<string, unknown>, string][] = [
      ['{ checkpoints { nodes { id } } }', {}, 'viewer'],
      ['mutation { runEvaluation(input: { datasetId: "x" }) { id } }', {}, 'runner'],
      [DELETE, { id }, 'admin'],
      ['{ tokens { id } }', {}, 'admin'],
    ];
    const refused: Record<string, string[]> = {};
    for (const role of ROLES) {
      refused[role] = [];
      for (const [query, variables, needed] of operations) {
        const { status, errors } = await service.as(service.tokens[role]).send(query, variables);
        expect(status).toBe(200);
        const forbidden = errors.find(({ extensions }) => extensions.code === 'FORBIDDEN');
        if (forbidden === undefined) continue;
        expect(forbidden.message).toContain(`needs the role ${needed}; yours is ${role}`);
        refused[role].push(needed);
      }
    }
    expect(refused).toEqual({
      viewer: ['runner', 'admin', 'admin'],
      runner: ['admin', 'admin'],
      worker: ['viewer', 'runner', 'admin', 'admin'],
      admin: [],
    });
  });

  it('that is wrong, malformed or revoked a caller reads the same; only an expired one says so', async () => {
    const revoked = await service.make('admin');
    const expired = await service.make('admin');
    const both = await service.make('admin');
    for (const { token } of [revoked, expired, both]) {
      expect(await service.as(token).field('me', '{ me { role } }')).toEqual({ role: 'ADMIN' });
    }
    await service.app.services.tokens.revoke(revoked.id);
    await expire(service, expired.id);
    await service.app.services.tokens.revoke(both.id);
    await expire(service, both.id);

    const texts: string[] = [];
    const wrong = [
      'no-token-of-ours',
      newToken(),
      randomBytes(32).toString('base64'),
      revoked.token,
      both.token,
    ];
    for (const token of wrong) {
      const { status, text, errors } = await service.as(token).send(ME);
      expect(status).toBe(401);
      expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect(text).not.toContain(token);
      texts.push(text);
    }
    expect(new Set(texts).size).toBe(1);
    const { status, errors } = await service.as(expired.token).send(ME);
    expect([status, errors[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(errors[0]?.message).toMatch(/^The token has expired\./);
  });

  it('under another scheme, or beside another one, a caller is refused', async () => {
    const { admin } = service.tokens;
    for (const authorization of [admin, `Basic ${admin}`, `Bearer ${admin} ${admin}`]) {
      const headers = { 'content-type': 'application/json', authorization };
      const { status } = await send(service.port, { headers, body: '{"query":"{ __typename }"}' });
      expect(status).toBe(401);
    }
  });
});

describe('an upload', () => {
  const put = (headers: Record<string, string>) =>
    upload(service.port, '?filename=net.onnx', model, { ...OCTETS, ...headers });
  const stored = () =>
    service.as(service.tokens.viewer).nodes('checkpoints', '{ checkpoints { nodes { name } } }');

  it('is refused before anything of it is kept: 401 without a good token, 403 without the role', async () => {
    const none = await put({});
    expect([none.status, none.code]).toEqual([401, 'UNAUTHENTICATED']);
    const wrong = await put(bearer(newToken()));
    expect([wrong.status, wrong.code]).toEqual([401, 'UNAUTHENTICATED']);
    for (const role of ['viewer', 'worker'] as const) {
      const { status, code, text } = await put(bearer(service.tokens[role]));
      expect([status, code]).toEqual([403, 'FORBIDDEN']);
      expect(text).toContain('needs the role runner');
    }
    expect(await stored()).toEqual([]);
  });

  it('lets a client that sends much and is refused read why', async () => {
    const much = Buffer.alloc(20 * 2 ** 20);
    const { status, code } = await upload(service.port, '?filename=net.onnx', much, OCTETS);
    expect([status, code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('by a runner is stored', async () => {
    const { status, created } = await put(bearer(service.tokens.runner));
    expect([status, created]).toEqual([201, true]);
    expect(await stored()).toEqual([{ name: 'net.onnx' }]);
  });
});
