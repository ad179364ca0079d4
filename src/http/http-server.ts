/** The edge: one HTTP server for GraphQL over HTTP and WebSocket and for the health addresses. */
import { randomUUID } from 'node:crypto';
import type { BaseContext } from '@apollo/server';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/token-authenticator';
import type { CreateContext } from '../graphql/request-info';
import { landingPage, registerOtherMethods, startGraphQLHttp } from './graphql-http';
import { registerHealthRoutes } from './health-routes';
import { checkHost, checkSameOrigin, hostName, isLoopbackAddress } from './host-check';
import { answerFrameworkError, registerErrorAnswers } from './http-errors';
import { DEFAULT_SERVICE_LIMITS, type ServiceLimits } from './http-limits';
import { linger } from './linger';
import { listenAt, type ListenOptions, urlOf } from './listen';
import { GRAPHQL_PATH } from './paths';
import { RequestAccess } from './request-access';
import { registerRequestLog } from './request-log';
import { requireRouteRules } from './route-rules';
import { setSecurityHeaders } from './security-headers';
import { type FileStore, registerStoreRoutes } from './store-routes';
import { type ReceiveUpload, registerUploadRoute } from './upload-route';
import { shutDownOf } from './shut-down';
import { serveWebSocket } from './websocket-connection';
import { createOperationServer } from './websocket-operations';
import { checkConnectionCount, registerWebSockets } from './websocket-plugin';

export interface HttpServerOptions<TContext extends BaseContext> {
  schema: GraphQLSchema;
  createContext: CreateContext<TContext>;
  /** Says whose a token is. The person at the machine needs none where the server is bound to the loopback. */
  authenticator: Authenticator;
  /** What is not given is taken from DEFAULT_SERVICE_LIMITS. */
  limits?: Partial<ServiceLimits>;
  /** Rejects where the service can't do its work now. */
  checkReadiness: () => Promise<void>;
  log: Logger;
  /** Takes in uploaded checkpoints; without it there is no address for them. */
  receiveUpload?: ReceiveUpload;
  /** Gives workers on other machines their files; without it there are no addresses for them. */
  fileStore?: FileStore;
  /** Names beside localhost that a Host header may bear. Where the server is not bound to the loopback
   *  and none is given, every name may. */
  allowedHosts?: readonly string[];
}

export interface HttpServer {
  readonly fastify: FastifyInstance;
  /** @throws OperationalError PORT_IN_USE, PORT_NOT_PERMITTED, HOST_NOT_AVAILABLE */
  listen: (options: ListenOptions) => Promise<{ url: string; port: number }>;
  /** Stops accepting, ends WebSockets (1001), waits for running requests up to closeTimeoutMs, then stops Apollo. */
  close: () => Promise<void>;
}

export async function createHttpServer<TContext extends BaseContext>(
  options: HttpServerOptions<TContext>,
): Promise<HttpServer> {
  const { schema, createContext, checkReadiness, log } = options;
  const limits: ServiceLimits = { ...DEFAULT_SERVICE_LIMITS, ...options.limits };
  const allowedHosts = (options.allowedHosts ?? []).map((host) => hostName(host) ?? host);
  let onlyNamedHosts = true;
  let closing: Promise<void> | undefined;

  const fastify = createFastify(limits, log);
  const shutDown = shutDownOf(fastify, limits.closeTimeoutMs, log);
  // First, for its own hook must have seen a request for an upgrade that the next one refuses: it then
  // frees the socket, which nobody else would.
  await registerWebSockets(fastify, limits);
  requireRouteRules(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    setSecurityHeaders(request, reply);
    checkHost(request, allowedHosts, onlyNamedHosts);
    if (request.headers.upgrade !== undefined) checkSameOrigin(request);
    done();
  });
  const access = new RequestAccess(options.authenticator);
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
  registerErrorAnswers(fastify, limits);

  const { apollo, post } = await startGraphQLHttp({ schema, limits, createContext, access, log });
  const operations = createOperationServer({ schema, limits, createContext, access });
  fastify.post(GRAPHQL_PATH, post);
  fastify.route({
    method: 'GET',
    url: GRAPHQL_PATH,
    handler: landingPage(apollo),
    wsHandler(socket, request) {
      serveWebSocket(operations, access, socket, request, limits);
    },
  });
  registerOtherMethods(fastify);
  if (options.receiveUpload) registerUploadRoute(fastify, options.receiveUpload, limits);
  if (options.fileStore) registerStoreRoutes(fastify, options.fileStore, limits);
  registerHealthRoutes(fastify, checkReadiness, limits.readinessTimeoutMs);
  await fastify.ready();

  return {
    fastify,
    async listen(where) {
      const address = await listenAt(fastify, where);
      const isLoopback = isLoopbackAddress(address.address);
      onlyNamedHosts = isLoopback || allowedHosts.length > 0;
      access.boundToLoopback(isLoopback);
      return { url: urlOf(address), port: address.port };
    },
    close() {
      closing ??= shutDown().finally(() => apollo.stop());
      return closing;
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
    // The client's x-request-id is not taken: it would let callers forge lines of the log.
    genReqId: () => randomUUID(),
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
