/** Who may use which address. A route that is missing here can't be registered. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Role } from '../auth/role';
import {
  EXPLORER_PATH,
  GRAPHQL_PATH,
  HEALTH_PATHS,
  IMAGE_PATH,
  METRICS_PATH,
  PAGE_ASSETS_PATH,
  PAGE_PATHS,
  STORE_PATHS,
  UPLOAD_PATH,
} from './paths';

/**
 * Public; or whoever holds one of the roles (an empty list: every caller); or a WebSocket, whose token may
 * also come with its first message.
 */
export type RouteRule = 'public' | 'websocket' | readonly Role[];

const RULES: Readonly<Record<string, RouteRule>> = {
  // Its fields have rules of their own.
  [`POST ${GRAPHQL_PATH}`]: [],
  [`WEBSOCKET ${GRAPHQL_PATH}`]: 'websocket',
  // A page that is the same for everybody; what it asks comes by POST and WebSocket.
  [`GET ${GRAPHQL_PATH}`]: 'public',
  // These say which methods there are.
  [`OPTIONS ${GRAPHQL_PATH}`]: 'public',
  [`PUT ${GRAPHQL_PATH}`]: 'public',
  [`PATCH ${GRAPHQL_PATH}`]: 'public',
  [`DELETE ${GRAPHQL_PATH}`]: 'public',
  [`PUT ${UPLOAD_PATH}`]: ['runner'],
  [`GET ${IMAGE_PATH}`]: ['viewer'],
  // How much is done here is not for everybody; a scraper has a token.
  [`GET ${METRICS_PATH}`]: ['viewer'],
  [`GET ${STORE_PATHS.store}`]: ['worker'],
  [`GET ${STORE_PATHS.checkpoint}`]: ['worker'],
  [`GET ${STORE_PATHS.checkpointFile}`]: ['worker'],
  [`GET ${STORE_PATHS.split}`]: ['worker'],
  // Probes have no token, and learn nothing but whether we can serve.
  [`GET ${HEALTH_PATHS.live}`]: 'public',
  [`GET ${HEALTH_PATHS.ready}`]: 'public',
  // The page is the same for everybody, too.
  ...Object.fromEntries(PAGE_PATHS.map((address) => [`GET ${address}`, 'public'])),
  [`GET ${EXPLORER_PATH}`]: 'public',
  [`GET ${PAGE_ASSETS_PATH}`]: 'public',
};

export function ruleOf(method: string, path: string): RouteRule | undefined {
  const rule = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(RULES, rule) ? RULES[rule] : undefined;
}

/** @returns undefined where the request meets no route */
export function ruleFor({ method, routeOptions, ws }: FastifyRequest): RouteRule | undefined {
  const { url } = routeOptions;
  if (url === undefined) return undefined;
  return (ws ? ruleOf('WEBSOCKET', url) : undefined) ?? ruleOf(method, url);
}

/** From here on a route without a rule is refused while the server is being made. */
export function requireRouteRules(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      if (ruleOf(one, url) === undefined) {
        throw new Error(`${one} ${url} has no rule: say in route-rules.ts who may use it`);
      }
    }
  });
}
