/** What every HTTP server of ours has: bounds, names, tokens, one log line a request, errors in our shape. */
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/token-authenticator';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import { NO_TRACING, type OpenSpan, type Tracing } from '../telemetry/tracing';
import { checkHost, checkSameOrigin, hostName, isLoopbackAddress } from './host-check';
import { answerFrameworkError, registerErrorAnswers } from './http-errors';
import type { ServiceLimits } from './http-limits';
import { registerHttpMetrics } from './http-metrics';
import { linger } from './linger';
import { listenAt, type ListenOptions, urlOf } from './listen';
import type { PageFiles } from './page-files';
import { RequestAccess } from './request-access';
import { requestIdOf } from './request-id';
import { registerRequestLog } from './request-log';
import { registerRequestTracing } from './request-tracing';
import { requireRouteRules } from './route-rules';
import { setSecurityHeaders } from './security-headers';
import { shutDownOf } from './shut-down';
import { checkConnectionCount, registerWebSockets } from './websocket-plugin';

export interface EdgeOptions {
  /** Says whose a token is. The person at the machine needs none where the server is bound to the loopback. */
  authenticator: Authenticator;
  /** Names beside localhost that a Host header may bear. Where the server is not bound to the loopback
   *  and none is given, every name may. */
  allowedHosts?: readonly string[];
  log: Logger;
  /** What is measured; without it nothing is. */
  metrics?: ServiceMetrics;
  /** Where spans go; without it there are none. */
  tracing?: Tracing;
  /** The page, which also says to a person that there is nothing at an address. */
  page?: PageFiles | undefined;
}

export interface Edge {
  readonly fastify: FastifyInstance;
  readonly access: RequestAccess;
  readonly spanOf: (request: FastifyRequest) => OpenSpan;
  /** @throws OperationalError PORT_IN_USE, PORT_NOT_PERMITTED, HOST_NOT_AVAILABLE */
  listen: (options: ListenOptions) => Promise<{ url: string; port: number }>;
  /** Stops accepting, ends WebSockets (1001), waits for running requests up to closeTimeoutMs. */
  shutDown: () => Promise<void>;
}

/** The routes are the caller's, each with a rule in route-rules.ts. */
export async function createEdge(
  { authenticator, log, metrics, tracing = NO_TRACING, page, ...options }: EdgeOptions,
  limits: ServiceLimits,
): Promise<Edge> {
  const allowedHosts = (options.allowedHosts ?? []).map((host) => hostName(host) ?? host);
  let onlyNamedHosts = true;

  const fastify = createFastify(limits, log);
  const shutDown = shutDownOf(fastify, limits.closeTimeoutMs, log);
  // First, for its own hook must have seen a request for an upgrade that the next one refuses: it then
  // frees the socket, which nobody else would.
  await registerWebSockets(fastify, limits);
  requireRouteRules(fastify);
  const spanOf = registerRequestTracing(fastify, tracing);
  fastify.addHook('onRequest', (request, reply, done) => {
    setSecurityHeaders(request, reply);
    checkHost(request, allowedHosts, onlyNamedHosts);
    if (request.headers.upgrade !== undefined) checkSameOrigin(request);
    done();
  });
  const access = new RequestAccess(authenticator);
  fastify.addHook('onRequest', async (request, reply) => {
    try {
      await access.admit(request, reply);
      // Behind the last wait, or many at once would all find room.
      if (request.headers.upgrade !== undefined) checkConnectionCount(fastify, limits);
    } catch (error) {
      if (!request.ws) linger(request);
      throw error;
    }
  });
  registerRequestLog(fastify, access);
  if (metrics) registerHttpMetrics(fastify, metrics);
  registerErrorAnswers(fastify, limits, page);
  return {
    fastify,
    access,
    spanOf,
    shutDown,
    async listen(where) {
      const address = await listenAt(fastify, where);
      const isLoopback = isLoopbackAddress(address.address);
      onlyNamedHosts = isLoopback || allowedHosts.length > 0;
      access.boundToLoopback(isLoopback);
      return { url: urlOf(address), port: address.port };
    },
  };
}

function createFastify(limits: ServiceLimits, log: Logger): FastifyInstance {
  const { requestTimeoutMs } = limits;
  const headersTimeout = Math.min(limits.headersTimeoutMs, requestTimeoutMs);
  // By Fastify's own type, or every helper that takes the instance would have to name pino's.
  const loggerInstance: FastifyBaseLogger = log;
  const fastify = Fastify({
    loggerInstance,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: requestIdOf,
    // Fastify would take any text from there.
    requestIdHeader: false,
    trustProxy: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
    http: {
      maxHeaderSize: limits.headerBytes,
      requestTimeout: requestTimeoutMs,
      headersTimeout,
      // Node looks for late requests only this often; its default is 30 s.
      connectionsCheckingInterval: Math.max(100, Math.floor(headersTimeout / 4)),
    },
  });
  // Forms can be sent across sites without a preflight; GraphQL is JSON only.
  fastify.removeContentTypeParser('text/plain');
  return fastify;
}
