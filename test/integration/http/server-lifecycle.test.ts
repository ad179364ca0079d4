/** How the server starts, how it says that it is ready, and how it ends. */
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import pino from 'pino';
import { OperationalError } from '../../../src/errors';
import { createHttpServer, type HttpServer } from '../../../src/http/http-server';
import { edgeAuthenticator, type Edge, RawSocket, send, startEdge, until } from './edge';
import { edgeSchema, SECRETS, tickSources } from './edge-schema';

/** Less than the 5 s that closing gives running requests, more than a loaded machine needs. */
const SOON_MS = 4_000;

const get = (edge: Edge, path: string) => send(edge.port, { method: 'GET', path });

describe('health', () => {
  test('a ready service answers ok on both addresses', async () => {
    const edge = await startEdge();
    for (const path of ['/health/live', '/health/ready']) {
      const { status, text } = await get(edge, path);
      expect({ status, body: JSON.parse(text) as unknown }).toEqual({
        status: 200,
        body: { status: 'ok' },
      });
    }
    await edge.server.close();
  });

  test('without its database the service lives but is not ready, and says no more to strangers', async () => {
    let reason: Error | undefined = new Error(`connect ECONNREFUSED ${SECRETS.host}`);
    const checkReadiness = () => (reason ? Promise.reject(reason) : Promise.resolve());
    const edge = await startEdge({}, { checkReadiness });
    expect((await get(edge, '/health/live')).status).toBe(200);
    const { status, text } = await get(edge, '/health/ready');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ status: 'unavailable', code: 'NOT_READY' });
    expect(text).not.toContain(SECRETS.host);
    expect(JSON.stringify(edge.logLines)).toContain(SECRETS.host);

    reason = undefined;
    expect((await get(edge, '/health/ready')).status).toBe(200);
    await edge.server.close();
  });

  test('a database that hangs makes the answer late by the timeout only, and many probes one check', async () => {
    let checks = 0;
    const checkReadiness = (): Promise<void> => {
      checks += 1;
      return new Promise(() => undefined);
    };
    const edge = await startEdge({ readinessTimeoutMs: 200 }, { checkReadiness });
    const answers = await Promise.all(Array.from({ length: 5 }, () => get(edge, '/health/ready')));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect(checks).toBe(1);
    await edge.server.close();
  });
});

describe('listening', () => {
  test('a port in use is named, with the way to choose another', async () => {
    const first = await startEdge();
    const second = await startServerWithoutListening();
    const error: unknown = await second
      .listen({ host: '127.0.0.1', port: first.port })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OperationalError);
    expect(error).toMatchObject({ code: 'PORT_IN_USE', details: { port: first.port } });
    expect((error as Error).message).toContain(`PORT=${first.port + 1}`);
    await second.close();
    await first.server.close();
  });

  test('an address that is not of this machine is named', async () => {
    const server = await startServerWithoutListening();
    await expect(server.listen({ host: '203.0.113.7', port: 0 })).rejects.toMatchObject({
      code: 'HOST_NOT_AVAILABLE',
    });
    await server.close();
  });

  async function startServerWithoutListening(): Promise<HttpServer> {
    return createHttpServer({
      schema: await edgeSchema(),
      createContext: () => ({}),
      authenticator: edgeAuthenticator,
      checkReadiness: () => Promise.resolve(),
      log: pino({ level: 'silent' }),
    });
  }
});

describe('slow clients', () => {
  test('headers that come drop by drop are cut off with 408', async () => {
    const edge = await startEdge({ headersTimeoutMs: 300 });
    const socket = connect(edge.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString('utf8')));
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X-Drop: 1\r\n'), 50);
    const started = performance.now();
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    await edge.server.close();
  });

  test('a body that never ends is cut off with 408', async () => {
    const edge = await startEdge({ headersTimeoutMs: 300, requestTimeoutMs: 400 });
    const socket = connect(edge.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString('utf8')));
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    await edge.server.close();
  });

  test('an answer that takes too long ends with 503 and REQUEST_TIMEOUT', async () => {
    const edge = await startEdge({ answerTimeoutMs: 100 });
    const { status, errors } = await edge.post('{ slow(ms: 1000) }');
    expect(status).toBe(503);
    expect(errors[0]?.extensions.code).toBe('REQUEST_TIMEOUT');
    expect(errors[0]?.message).toContain('100 ms');
    await edge.server.close();
  });
});

describe('closing', () => {
  test('running requests finish, their connection closes, and new ones are refused', async () => {
    const edge = await startEdge();
    const agent = new Agent({ keepAlive: true });
    const running = postBy(agent, edge.port, '{ slow(ms: 400) }');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    const closed = edge.server.close();
    await expect(send(edge.port, { method: 'GET', path: '/health/live' })).rejects.toThrow();
    expect(await running).toEqual({ body: '{"data":{"slow":"done"}}\n', connection: 'close' });
    await closed;
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    agent.destroy();
  });

  test('idle kept-alive connections do not hold the close back', async () => {
    const edge = await startEdge({ keepAliveTimeoutMs: 60_000 });
    const agent = new Agent({ keepAlive: true });
    await postBy(agent, edge.port, '{ hello }');
    const started = performance.now();
    await edge.server.close();
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    agent.destroy();
  });

  test('requests that outlive the time for closing are cut off', async () => {
    const edge = await startEdge({ closeTimeoutMs: 200 });
    const running = postBy(new Agent(), edge.port, '{ slow(ms: 8000) }');
    const cutOff = expect(running).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    await edge.server.close();
    await cutOff;
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    expect(edge.logLines.some(({ closeTimeoutMs }) => closeTimeoutMs === 200)).toBe(true);
  });

  test('WebSockets are closed with 1001 at once, and their subscriptions end', async () => {
    const edge = await startEdge();
    const socket = await RawSocket.ready(edge.port);
    tickSources.length = 0;
    socket.subscribe('a', 'subscription { ticks }');
    await until(() => tickSources.length === 1);
    await edge.server.close();
    expect((await socket.closed).code).toBe(1001);
    await until(() => tickSources[0]?.closed === true);
  });

  test('a WebSocket client that does not answer the close does not hold it back', async () => {
    const edge = await startEdge();
    const socket = await RawSocket.ready(edge.port);
    socket.socket.pause();
    const started = performance.now();
    await edge.server.close();
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    socket.socket.terminate();
  });

  test('closing twice is closing once', async () => {
    const edge = await startEdge();
    await Promise.all([edge.server.close(), edge.server.close()]);
    await edge.server.close();
    await expect(edge.post('{ hello }')).rejects.toThrow('ECONNREFUSED');
  });
});

function postBy(
  agent: Agent,
  port: number,
  query: string,
): Promise<{ body: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      agent,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString('utf8')));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ body, connection: response.headers.connection });
      });
    });
    request.end(JSON.stringify({ query }));
  });
}
