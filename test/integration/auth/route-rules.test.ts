/** No route can be made without saying who may use it. */
import Fastify from 'fastify';
import type { HttpServer } from '../../../src/http/http-server';
import { EXPLORER_PATH, PAGE_ASSETS_PATH, PAGE_PATHS } from '../../../src/http/paths';
import { requireRouteRules, ruleOf } from '../../../src/http/route-rules';
import { temporaryFolder } from '../../support/temporary-folder';
import { send, startEdge } from '../http/edge';

it('stops the server from being made where a route has no rule, also inside of a plugin', async () => {
  const direct = Fastify();
  requireRouteRules(direct);
  expect(() => direct.get('/checkpoints/download', () => '')).toThrow(
    'GET /checkpoints/download has no rule',
  );
  const nested = Fastify();
  requireRouteRules(nested);
  void nested.register(async (scope) => {
    await Promise.resolve();
    scope.delete('/checkpoints/upload', () => '');
  });
  await expect(nested.ready()).rejects.toThrow('DELETE /checkpoints/upload has no rule');
});

it('knows no rule by a name that every object has', () => {
  expect(ruleOf('GET', '/graphql')).toBe('public');
  expect(ruleOf('HEAD', '/graphql')).toBe('public');
  for (const name of ['constructor', '__proto__', 'toString']) {
    expect(ruleOf(name, '')).toBeUndefined();
  }
});

it('answers without a token at the public addresses of this list and at no other', async () => {
  const { server, port } = await startEdge(
    {},
    {
      host: '0.0.0.0',
      receiveUpload: () => Promise.reject(new Error('never reached')),
      pageFolder: await temporaryFolder(),
    },
  );
  const answered: string[] = [];
  for (const [method, path] of routesOf(server)) {
    const { status } = await send(port, { method, path });
    if (status !== 401) answered.push(`${method} ${path} ${status}`);
  }
  await server.close();
  expect(answered.sort()).toEqual(
    [
      // Without the wish for HTML; the methods that GraphQL does not have.
      ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /graphql 405`),
      'OPTIONS /graphql 204',
      ...['live', 'ready'].flatMap((name) => [
        `GET /health/${name} 200`,
        `HEAD /health/${name} 200`,
      ]),
      // Of a page that has not been built.
      ...[...PAGE_PATHS, EXPLORER_PATH, PAGE_ASSETS_PATH].flatMap((address) => [
        `GET ${address} 404`,
        `HEAD ${address} 404`,
      ]),
    ].sort(),
  );
});

/** Every route that the server has, as Fastify itself tells them. */
function routesOf({ fastify }: HttpServer): [method: string, address: string][] {
  // A tree: what a line names goes on from the line above that is indented less.
  const parents: string[] = [];
  const lines = fastify.printRoutes({ commonPrefix: false }).trimEnd().split('\n');
  const routes = lines.flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^(.*?)── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
    const depth = Math.floor(indent.length / 4);
    const address = (parents[depth - 1] ?? '') + part;
    parents[depth] = address;
    if (methods === '') return [];
    return methods.split(', ').map((method): [string, string] => [method, address]);
  });
  expect(routes).toContainEqual(['PUT', '/checkpoints/upload']);
  expect(routes).toContainEqual(['POST', '/graphql']);
  return routes;
}
