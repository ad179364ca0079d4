/** Who may do what over WebSocket, and how soon a connection ends whose token does. */
import path from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { newToken } from '../../../src/auth/token';
import { eventually } from '../../support/eventually';
import { SLOW_FILTERS, writeLayersModel } from '../../support/layers-models';
import { RawSocket } from '../http/edge';
import {
  bearer,
  expire,
  type GuardedService,
  startGuarded,
  TOKEN_CHECK_MS,
} from './guarded-service';

const ME = '{ me { name role } }';
/** The watch's time, and much more for a busy machine. */
const SHORT_MS = TOKEN_CHECK_MS + 3_000;

let open: GuardedService;
let loopback: GuardedService;
const sockets: RawSocket[] = [];

beforeAll(async () => {
  [open, loopback] = await Promise.all([startGuarded('0.0.0.0'), startGuarded('127.0.0.1')]);
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});
afterAll(async () => {
  await open.end();
  await loopback.end();
});

async function connect(
  { port }: GuardedService,
  payload?: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const socket = await RawSocket.open(port, headers);
  sockets.push(socket);
  socket.send({ type: 'connection_init', ...(payload && { payload }) });
  return socket;
}

async function me(socket: RawSocket): Promise<unknown> {
  await socket.next(({ type }) => type === 'connection_ack');
  socket.subscribe('me', ME);
  const { payload } = await socket.next(({ id }) => id === 'me');
  return (payload as { data?: { me: unknown } }).data?.me;
}

const REFUSED = {
  code: 4401,
  reason: 'UNAUTHENTICATED: The token is not valid (assay token create)',
};

describe('a WebSocket', () => {
  it('is opened by a token in connection_init or in the header of the upgrade', async () => {
    const { viewer, runner } = open.tokens;
    const viewerView = { name: 'viewer', role: 'VIEWER' };
    expect(await me(await connect(open, bearer(viewer)))).toEqual(viewerView);
    expect(await me(await connect(open, { Authorization: `Bearer ${viewer}` }))).toEqual(
      viewerView,
    );
    expect(await me(await connect(open, undefined, bearer(viewer)))).toEqual(viewerView);
    expect(await me(await connect(open, bearer(runner), bearer(viewer)))).toMatchObject({
      name: 'runner',
    });
  });

  it('without a token is closed with 4401, from the loopback too', async () => {
    const { closed } = await connect(open);
    expect(await closed).toEqual({
      code: 4401,
      reason: 'UNAUTHENTICATED: A token is needed (assay token create)',
    });
  });

  it('with a token that is wrong is refused in either place, on both kinds of binding', async () => {
    for (const service of [open, loopback]) {
      for (const authorization of [`Bearer ${newToken()}`, 'Basic x', 7, [], '']) {
        const { closed } = await connect(service, { authorization });
        expect(await closed).toEqual(REFUSED);
      }
      await expect(RawSocket.open(service.port, bearer(newToken()))).rejects.toThrow('with 401');
      const second = await connect(service, bearer(newToken()), bearer(service.tokens.admin));
      expect(await second.closed).toEqual(REFUSED);
    }
  });

  it('on the loopback is the person at the machine without a token, unless through a proxy', async () => {
    expect(await me(await connect(loopback))).toEqual({ name: 'local', role: 'ADMIN' });
    const { closed } = await connect(loopback, undefined, { 'x-forwarded-for': '203.0.113.9' });
    expect((await closed).code).toBe(4401);
  });

  it('runs what the role of its token holds', async () => {
    const id = '0b5b7a3e-6a55-4d0a-9b59-6f4f6f6f6f6f';
    const follow = `subscription { evaluationRunUpdated(id: "${id}") { id } }`;
    const remove = `mutation { deleteCheckpoint(id: "${id}") { id } }`;
    const codes = async (token: string, query: string): Promise<string | undefined> => {
      const socket = await connect(open, bearer(token));
      await socket.next(({ type }) => type === 'connection_ack');
      socket.subscribe('a', query);
      const { type, payload } = await socket.next((message) => message.id === 'a');
      const errors = type === 'error' ? payload : (payload as { errors?: unknown }).errors;
      return (errors as { extensions: { code: string } }[])[0]?.extensions.code;
    };
    const { viewer, worker, admin } = open.tokens;
    expect(await codes(viewer, follow)).toBe('RUN_NOT_FOUND');
    expect(await codes(worker, follow)).toBe('FORBIDDEN');
    expect(await codes(viewer, remove)).toBe('FORBIDDEN');
    expect(await codes(admin, remove)).toBe('CHECKPOINT_NOT_FOUND');
  });
});

describe('the end of a token', () => {
  it.each(['revoked', 'expired'] as const)(
    'that was %s ends its idle WebSocket within a short time, and no other',
    async (how) => {
      const { token, id } = await open.make('viewer');
      const ending = await connect(open, bearer(token));
      const staying = await connect(open, bearer(open.tokens.viewer));
      expect(await me(ending)).toMatchObject({ role: 'VIEWER' });
      const started = performance.now();
      if (how === 'revoked') await open.app.services.tokens.revoke(id);
      else await expire(open, id);
      const { code, reason } = await ending.closed;
      expect(performance.now() - started).toBeLessThan(SHORT_MS);
      expect(code).toBe(4401);
      expect(reason).toMatch(how === 'expired' ? /has expired/ : /is not valid/);
      expect(await me(staying)).toMatchObject({ role: 'VIEWER' });
    },
  );

  it('ends a subscription in the middle of its run', async () => {
    const { token, id } = await open.make('viewer');
    const client: Client = createClient({
      url: `${open.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: bearer(token),
      retryAttempts: 5,
    });
    const runner = open.as(open.tokens.runner);
    const datasetId = (await open.app.services.datasets.register('sample-shapes')).id;
    const checkpointId = await runner.register(
      await writeLayersModel(path.join(open.root, 'slow'), { filters: SLOW_FILTERS }),
    );
    const run = await runner.runEvaluation({ checkpointId, datasetId });
    const states: string[] = [];
    const follow = async () => {
      const query = `subscription { evaluationRunUpdated(id: "${run.id}") { state } }`;
      for await (const { data } of client.iterate({ query })) {
        states.push((data?.evaluationRunUpdated as { state: string }).state);
        if (states.length === 1) await open.app.services.tokens.revoke(id);
      }
    };
    // Client libraries take 4401 as final, so they do not knock again and again.
    await expect(follow()).rejects.toMatchObject({ code: 4401 });
    expect(states).not.toContain('SUCCEEDED');
    await open.app.services.evaluations.cancel(run.id);
    await eventually('the run has ended', async () => (await runner.settled(run.id)).state);
    await client.dispose();
  });
});

it('an operation after the revocation is refused at once, long before the next look', async () => {
  const rare = await startGuarded('0.0.0.0', (config) => {
    Object.assign(config.limits, { websocketTokenCheckMs: 600_000 });
  });
  try {
    const { token, id } = await rare.make('admin');
    const socket = await connect(rare, bearer(token));
    expect(await me(socket)).toMatchObject({ role: 'ADMIN' });
    await rare.app.services.tokens.revoke(id);
    socket.subscribe(
      'late',
      'mutation { createToken(input: { name: "x", role: ADMIN }) { token } }',
    );
    expect(await socket.closed).toEqual(REFUSED);
    expect(socket.received.filter(({ id: operation }) => operation === 'late')).toEqual([]);
    const names = (await rare.app.services.tokens.list()).map(({ name }) => name);
    expect(names).toHaveLength(5);
  } finally {
    await rare.end();
  }
});
