/** Requests that no honest client sends, or that a hostile page makes an honest browser send. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Edge, EDGE_TOKEN, send, startEdge } from './edge';
import { mutationCount } from './edge-schema';

const JSON_TYPE = { 'content-type': 'application/json' };
const MUTATION = 'mutation { createItem(input: { name: "name", parts: [] }) }';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({ bodyBytes: 4_096, headerBytes: 8_192 });
});
afterAll(() => edge.server.close());

const post = (body: string | undefined, headers: Record<string, string> = JSON_TYPE) =>
  send(edge.port, { body, headers });

test('a body over the limit answers 413 with the limit and what was found', async () => {
  const body = JSON.stringify({ query: `{ hello } #${'x'.repeat(5_000)}` });
  const { status, errors } = await post(body);
  expect(status).toBe(413);
  expect(errors[0]?.extensions).toEqual({
    code: 'REQUEST_TOO_LARGE',
    kind: 'user',
    details: { limit: 'bodyBytes', max: 4_096, found: body.length },
  });
  expect(errors[0]?.message).toContain('4096');
});

test('a chunked body over the limit, which announces no length, answers 413 too', async () => {
  const body = JSON.stringify({ query: `{ hello } #${'x'.repeat(50_000)}` });
  const { status, errors } = await fetchChunked(body);
  expect(status).toBe(413);
  expect(errors[0]?.extensions.code).toBe('REQUEST_TOO_LARGE');
});

async function fetchChunked(body: string): Promise<{
  status: number;
  errors: { extensions: { code: string } }[];
}> {
  const response = await fetch(`${edge.url}/graphql`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    }),
    duplex: 'half',
  });
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return { status: response.status, errors };
}

test('a batch of operations is refused', async () => {
  const { status, errors } = await post(
    JSON.stringify([{ query: '{ hello }' }, { query: MUTATION }]),
  );
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  expect(errors[0]?.message).toContain('batching');
});

test.each([
  ['JSON cut off', '{"query": "{ hello }"'],
  ['no JSON at all', 'query { hello }'],
  ['an empty body', ''],
  ['a poisoned prototype', '{"query": "{ hello }", "__proto__": {"x": 1}}'],
])('%s answers 400 and BAD_REQUEST', async (_title, body) => {
  const { status, errors, text } = await post(body);
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  expect(text).not.toMatch(/FST_|at position|node_modules/);
});

test.each([
  'null',
  '"text"',
  '42',
  '{}',
  '{"query": 1}',
  '{"query": ["{ hello }"]}',
  '{"query": ""}',
])('the JSON %s, which is no operation, answers 400', async (body) => {
  const { status, errors } = await post(body);
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a form of a foreign site (%s), sent without preflight, does not run',
  async (contentType) => {
    const before = mutationCount();
    const { status, errors } = await post(JSON.stringify({ query: MUTATION }), {
      'content-type': contentType,
      origin: 'https://evil.example',
    });
    expect(status).toBe(415);
    expect(errors[0]?.extensions.code).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(mutationCount()).toBe(before);
  },
);

test('a body without a content type does not run', async () => {
  const before = mutationCount();
  const { status } = await post(JSON.stringify({ query: MUTATION }), {});
  expect([400, 415]).toContain(status);
  expect(mutationCount()).toBe(before);
});

test('a POST without a body is stopped by the CSRF prevention', async () => {
  const { status, errors } = await post(undefined, {});
  expect(status).toBe(400);
  expect(errors[0]?.message).toContain('CSRF');
});

test.each(['application/json', 'text/html', 'application/json;q=0.9, text/html;q=0.1'])(
  'a mutation or query by GET with accept %s does not run, whatever headers promise',
  async (accept) => {
    const before = mutationCount();
    for (const query of [MUTATION, '{ hello }']) {
      const { text } = await send(edge.port, {
        method: 'GET',
        path: `/graphql?query=${encodeURIComponent(query)}`,
        headers: { accept, 'apollo-require-preflight': 'yes' },
      });
      expect(text).not.toContain('hello world');
    }
    expect(mutationCount()).toBe(before);
  },
);

test.each(['GET', 'PUT', 'PATCH', 'DELETE'])(
  '%s is answered by 405 and the methods that are allowed',
  async (method) => {
    const { status, errors, headers } = await send(edge.port, { method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, POST, OPTIONS');
    expect(errors[0]?.extensions.code).toBe('METHOD_NOT_ALLOWED');
  },
);

test('a preflight gets no permission', async () => {
  const { status, headers } = await send(edge.port, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(status).toBe(204);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

test.each([
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'a b',
  '[::1',
])('a request for the host "%s" (DNS rebinding) is refused on every address', async (host) => {
  for (const path of ['/graphql', '/health/ready', '/nothing']) {
    const { status, errors } = await send(edge.port, {
      path,
      method: path === '/graphql' ? 'POST' : 'GET',
      headers: { ...JSON_TYPE, host },
      body: path === '/graphql' ? JSON.stringify({ query: '{ hello }' }) : undefined,
    });
    expect(status).toBe(421);
    expect(errors[0]?.extensions.code).toBe('HOST_NOT_ALLOWED');
  }
});

test.each(['GET /health/live HTTP/1.1\r\nHost: \r\n\r\n', 'GET /health/live HTTP/1.0\r\n\r\n'])(
  'a request that names no host is refused: %j',
  async (text) => {
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('utf8')).toMatch(/^HTTP\/1\.1 421 /);
    socket.destroy();
  },
);

test.each(['localhost', 'LOCALHOST:1', '127.0.0.1:4000', '[::1]:4000'])(
  'a request for the host %s passes',
  async (host) => {
    const { data } = await post(JSON.stringify({ query: '{ hello }' }), { ...JSON_TYPE, host });
    expect(data).toEqual({ hello: 'hello world' });
  },
);

test('configured hosts pass beside the loopback ones, others are refused', async () => {
  const named = await startEdge({}, { allowedHosts: ['Assay.example:443'] });
  try {
    const statusOf = async (host: string): Promise<number> =>
      (await send(named.port, { method: 'GET', path: '/health/live', headers: { host } })).status;
    expect(await statusOf('assay.example')).toBe(200);
    expect(await statusOf('localhost')).toBe(200);
    expect(await statusOf('evil.example')).toBe(421);
  } finally {
    await named.server.close();
  }
});

test('bound to all addresses and without a list, every well-formed host passes', async () => {
  const open = await startEdge({}, { host: '0.0.0.0' });
  try {
    const statusOf = async (host: string): Promise<number> =>
      (await send(open.port, { method: 'GET', path: '/health/live', headers: { host } })).status;
    expect(open.url).toBe(`http://localhost:${open.port}`);
    expect(await statusOf('assay.internal:4000')).toBe(200);
    expect(await statusOf('a b')).toBe(421);
  } finally {
    await open.server.close();
  }
});

test('an unknown address answers 404 as JSON, without echoing it', async () => {
  const { status, errors, text } = await send(edge.port, { method: 'GET', path: '/<script>?a=1' });
  expect(status).toBe(404);
  expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  expect(text).not.toContain('script');
});

test('a malformed address answers 400 as JSON, without echoing it', async () => {
  const { status, errors, text, headers } = await send(edge.port, {
    method: 'GET',
    path: '/%zz<b>',
  });
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  expect(text).not.toContain('zz');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('headers over the limit answer 431', async () => {
  const { status } = await send(edge.port, {
    method: 'GET',
    path: '/health/live',
    headers: { 'x-long': 'x'.repeat(10_000) },
  });
  expect(status).toBe(431);
});

test('every answer carries the security headers and none names the server', async () => {
  for (const path of ['/health/live', '/graphql', '/nothing']) {
    const { headers } = await send(edge.port, { method: 'GET', path });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  }
});

test('a browser gets the Sandbox with its own policy, not to be framed', async () => {
  const { status, headers, text } = await send(edge.port, {
    method: 'GET',
    headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
  });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toContain('default-src');
  expect(text).toContain('embeddable-sandbox');
  expect(text).toContain('"runTelemetry":false');
});

test('an id that does not look like one is made here, and the log tells the request without its contents', async () => {
  const { headers } = await send(edge.port, {
    path: '/graphql?token=SECRET-IN-URL',
    headers: {
      ...JSON_TYPE,
      'x-request-id': 'forged',
      'x-other': 'SECRET-IN-HEADER',
      authorization: `Bearer ${EDGE_TOKEN}`,
    },
    body: JSON.stringify({
      query: 'query SECRETQUERY($name: String) { hello(name: $name) }',
      variables: { name: 'SECRET-IN-VARIABLE' },
    }),
  });
  const requestId = headers['x-request-id'];
  expect(requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  const lines = edge.logLines.filter((line) => line.requestId === requestId);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 30, method: 'POST', path: '/graphql', status: 200 });
  expect(lines[0]?.tokenId).toBe('edge');
  expect(lines[0]?.ms).toBeGreaterThan(0);
  expect(JSON.stringify(edge.logLines)).not.toMatch(/SECRET|forged|assay_/);
});
