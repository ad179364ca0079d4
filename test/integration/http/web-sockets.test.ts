/** GraphQL over WebSocket: the protocol, the shapes of errors, the limits, and what a close leaves behind. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type AnsweredError, type Edge, RawSocket, startEdge, until } from './edge';
import { SECRETS, tickSources } from './edge-schema';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({
    websocketMessageBytes: 2_048,
    websocketOperations: 3,
    websocketConnections: 4,
    websocketInitTimeoutMs: 150,
  });
});
afterAll(() => edge.server.close());
afterEach(async () => {
  for (const client of edge.server.fastify.websocketServer.clients) client.terminate();
  await until(() => edge.server.fastify.websocketServer.clients.size === 0);
  tickSources.length = 0;
});

test('a graphql-ws client receives events, each executed in a context of its own', async () => {
  const client = createClient({
    url: `ws://127.0.0.1:${edge.port}/graphql`,
    webSocketImpl: WebSocket,
  });
  const received: string[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    client.subscribe<{ ticks: string }>(
      { query: 'subscription { ticks }' },
      {
        next: ({ data }) => received.push(data?.ticks ?? ''),
        complete: resolve,
        error: reject,
      },
    );
  });
  for (const value of [1, 2]) {
    await until(() => tickSources.length === 1 && tickSources[0]?.isAwaited === true);
    tickSources[0]?.push(value);
    await until(() => received.length === value);
  }
  const serials = received.map((text) => Number(/in context (\d+)$/.exec(text)?.[1]));
  expect(received[0]).toMatch(/^1 in context/);
  expect(new Set(serials).size).toBe(2);
  await client.dispose();
  await ended;
});

test('queries run over WebSocket in a context that says so', async () => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('q', 'query Q($name: String) { hello(name: $name) contextId }', { name: 'you' });
  const { type, payload } = await socket.next(({ id }) => id === 'q');
  expect(type).toBe('next');
  expect(payload).toMatchObject({
    data: {
      hello: 'hello you',
      contextId: expect.stringMatching(/^[0-9a-f-]{36}\/1$/) as string,
    },
  });
  expect((await socket.next(({ id }) => id === 'q')).type).toBe('complete');
});

test.each(['bug', 'badEnum', 'thrownString'])(
  'a bug in the field %s shows nothing and is logged under its id',
  async (field) => {
    const socket = await RawSocket.ready(edge.port);
    socket.subscribe('q', `{ ${field} }`);
    const { payload } = await socket.next(({ type }) => type === 'next');
    const { errors } = payload as { errors: AnsweredError[] };
    expect(errors[0]).toMatchObject({
      message: 'internal error',
      path: [field],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    for (const secret of Object.values(SECRETS)) {
      expect(JSON.stringify(payload)).not.toContain(secret);
    }
    const errorId = errors[0]?.extensions.errorId;
    expect(edge.logLines.some((line) => line.errorId === errorId)).toBe(true);
  },
);

test('the errors of the house keep their codes in events and in answers', async () => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('q', '{ userFailure }');
  const { payload } = await socket.next(({ type }) => type === 'next');
  expect(payload).toMatchObject({
    data: { userFailure: null },
    errors: [{ extensions: { code: 'THING_UNKNOWN', kind: 'user', details: { thing: 'x' } } }],
  });
  socket.subscribe('i', 'mutation { createItem(input: { name: "a", parts: [] }) }');
  const refused = await socket.next(({ id, type }) => id === 'i' && type === 'next');
  expect(refused.payload).toMatchObject({
    errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'name' }] } }],
  });
});

test('a failure while an event is executed reaches the client without its message', async () => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('s', 'subscription { ticks }');
  await until(() => tickSources[0]?.isAwaited === true);
  tickSources[0]?.push(-1);
  const { payload } = await socket.next(({ type }) => type === 'next');
  expect(payload).toMatchObject({ errors: [{ message: 'internal error', path: ['ticks'] }] });
  expect(JSON.stringify(payload)).not.toContain('select');
});

test('a subscription that can not start answers an error without its message', async () => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('s', 'subscription { neverStarts }');
  const message = await socket.next(({ id }) => id === 's');
  expect(JSON.stringify(message)).toContain('INTERNAL_SERVER_ERROR');
  expect(JSON.stringify(message)).not.toContain('select');
});

test.each([
  ['{ hello', 'GRAPHQL_PARSE_FAILED', undefined],
  ['{ helo }', 'GRAPHQL_VALIDATION_FAILED', undefined],
  ['query Q($n: Int!) { items(first: $n) { id } }', 'BAD_USER_INPUT', { n: 'x' }],
  ['query A { hello } query B { hello }', 'OPERATION_RESOLUTION_FAILURE', undefined],
  [
    '{ item(id: 1) { ...A } } fragment A on Item { parent { ...A } }',
    'GRAPHQL_VALIDATION_FAILED',
    undefined,
  ],
])('%s is refused with %s', async (query, code, variables) => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('q', query, variables);
  expect((await socket.errorsOf('q'))[0]?.extensions.code).toBe(code);
});

test('a context that can not be made refuses the operation and shows nothing', async () => {
  const broken = await startEdge(
    {},
    { createContext: () => Promise.reject(new Error(SECRETS.sql)) },
  );
  try {
    const socket = await RawSocket.ready(broken.port);
    socket.subscribe('q', '{ hello }');
    const errors = await socket.errorsOf('q');
    expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(errors)).not.toContain('select');
  } finally {
    await broken.server.close();
  }
});

test('a message over the limit closes the connection with 1009', async () => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('q', `{ hello } #${'x'.repeat(3_000)}`);
  expect((await socket.closed).code).toBe(1009);
  expect(edge.logLines.some((line) => line.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')).toBe(
    true,
  );
});

test('operations over the limit of a connection are refused, and fit again when one completes', async () => {
  const socket = await RawSocket.ready(edge.port);
  for (const id of ['a', 'b', 'c', 'd']) socket.subscribe(id, 'subscription { ticks }');
  const errors = await socket.errorsOf('d');
  expect(errors[0]?.extensions).toEqual({
    code: 'TOO_MANY_OPERATIONS',
    kind: 'user',
    details: { limit: 'websocketOperations', max: 3, found: 4 },
  });
  await until(() => tickSources.length === 3);
  socket.send({ id: 'a', type: 'complete' });
  await until(() => tickSources.filter(({ closed }) => closed).length === 1);
  socket.subscribe('e', '{ hello }');
  expect((await socket.next(({ id }) => id === 'e')).type).toBe('next');
});

test('connections over the limit are refused before the upgrade', async () => {
  const sockets = await Promise.all(Array.from({ length: 4 }, () => RawSocket.open(edge.port)));
  await expect(RawSocket.open(edge.port)).rejects.toThrow('refused with 503');
  sockets[0]?.socket.terminate();
  await until(() => edge.server.fastify.websocketServer.clients.size === 3);
  await RawSocket.open(edge.port);
});

test('a client that does not initialise in time is closed with 4408', async () => {
  const socket = await RawSocket.open(edge.port);
  expect((await socket.closed).code).toBe(4408);
});

test.each([
  ['no JSON', 'hello', 4400],
  ['an unknown type', JSON.stringify({ type: 'start' }), 4400],
  [
    'an operation before the connection is initialised',
    JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ hello }' } }),
    4401,
  ],
])('%s closes the connection', async (_title, message, code) => {
  const socket = await RawSocket.open(edge.port);
  socket.socket.send(message);
  expect((await socket.closed).code).toBe(code);
});

test('a client of another subprotocol is closed with 4406', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/graphql`, []);
  const code = await new Promise((resolve) => socket.once('close', resolve));
  expect(code).toBe(4406);
});

test.each(['https://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null', 'nonsense'])(
  'a page of the origin %s may not connect (cross-site WebSocket hijacking)',
  async (origin) => {
    await expect(RawSocket.open(edge.port, { origin })).rejects.toThrow('refused with 403');
  },
);

test('a refused upgrade leaves no socket behind, even of a client that keeps its end open', async () => {
  const before = await connectionCount();
  const sockets = Array.from({ length: 5 }, () => {
    const socket = connect({ port: edge.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      'GET /graphql HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\n' +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    return socket;
  });
  const answers = await Promise.all(sockets.map((socket) => once(socket, 'data')));
  for (const [answer] of answers) expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /);
  while ((await connectionCount()) > before) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await connectionCount()).toBe(before);
  for (const socket of sockets) socket.destroy();
});

function connectionCount(): Promise<number> {
  return new Promise((resolve, reject) => {
    edge.server.fastify.server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

test('a page of this service may connect, under each of its names', async () => {
  for (const name of ['127.0.0.1', 'localhost']) {
    const host = `${name}:${edge.port}`;
    const socket = await RawSocket.open(edge.port, { origin: `http://${host}`, host });
    expect(socket.socket.readyState).toBe(WebSocket.OPEN);
  }
});

test('a WebSocket to a foreign host name is refused', async () => {
  const headers = { host: 'evil.example', origin: 'http://evil.example' };
  await expect(RawSocket.open(edge.port, headers)).rejects.toThrow('refused with 421');
});

test('a client that vanishes ends its subscriptions, though their sources wait for events', async () => {
  const socket = await RawSocket.ready(edge.port);
  socket.subscribe('a', 'subscription { ticks }');
  socket.subscribe('b', 'subscription { ticks }');
  await until(() => tickSources.length === 2);
  socket.socket.terminate();
  await until(() => tickSources.every(({ closed }) => closed));
  expect(tickSources.map(({ closed }) => closed)).toEqual([true, true]);
});

test('a client that answers no pings is dropped', async () => {
  const impatient = await startEdge({ websocketPingMs: 50 });
  try {
    const socket = new WebSocket(
      `ws://127.0.0.1:${impatient.port}/graphql`,
      'graphql-transport-ws',
      {
        autoPong: false,
      },
    );
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(1006);
  } finally {
    await impatient.server.close();
  }
});
