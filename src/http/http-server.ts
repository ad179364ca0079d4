/** The service's HTTP server: the page, GraphQL over HTTP and WebSocket, images, uploads, health and metrics. */
import type { BaseContext } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { CreateContext } from '../graphql/request-info';
import { createEdge, type Edge, type EdgeOptions } from './edge';
import { landingPage, registerOtherMethods, startGraphQLHttp } from './graphql-http';
import { DEFAULT_SERVICE_LIMITS, type ServiceLimits } from './http-limits';
import { type FindImage, registerImageRoute } from './image-route';
import { findPageFiles } from './page-files';
import { registerPageRoutes } from './page-routes';
import { GRAPHQL_PATH } from './paths';
import { registerProbeRoutes } from './probe-routes';
import { type FileStore, registerStoreRoutes } from './store-routes';
import { type ReceiveUpload, registerUploadRoute } from './upload-route';
import { serveWebSocket } from './websocket-connection';
import { createOperationServer } from './websocket-operations';

export interface HttpServerOptions<TContext extends BaseContext> extends Omit<EdgeOptions, 'page'> {
  schema: GraphQLSchema;
  createContext: CreateContext<TContext>;
  /** What is not given is taken from DEFAULT_SERVICE_LIMITS. */
  limits?: Partial<ServiceLimits>;
  /** Rejects where the service can't do its work now. */
  checkReadiness: () => Promise<void>;
  /** Takes in uploaded checkpoints; without it there is no address for them. */
  receiveUpload?: ReceiveUpload;
  /** The folder of the built page; without it there is no address for the page. */
  pageFolder?: string;
  /** Finds images of samples; without it there is no address for them. */
  findImage?: FindImage;
  /** Gives workers on other machines their files; without it there are no addresses for them. */
  fileStore?: FileStore;
}

export interface HttpServer extends Pick<Edge, 'listen'> {
  readonly fastify: FastifyInstance;
  /** Stops accepting, ends WebSockets (1001), waits for running requests up to closeTimeoutMs, then stops Apollo. */
  close: () => Promise<void>;
}

export async function createHttpServer<TContext extends BaseContext>(
  options: HttpServerOptions<TContext>,
): Promise<HttpServer> {
  const { schema, createContext, log, metrics, tracing, pageFolder } = options;
  const limits: ServiceLimits = { ...DEFAULT_SERVICE_LIMITS, ...options.limits };
  let closing: Promise<void> | undefined;

  const page = pageFolder === undefined ? undefined : await findPageFiles(pageFolder);
  const { fastify, access, spanOf, listen, shutDown } = await createEdge(
    { ...options, page },
    limits,
  );
  const measured = { ...(metrics && { metrics }), ...(tracing && { tracing }) };
  const shared = { schema, limits, createContext, access, ...measured };
  const { apollo, post } = await startGraphQLHttp({ ...shared, log, spanOf });
  const operations = createOperationServer(shared);
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
  if (page) registerPageRoutes(fastify, page);
  if (options.findImage) registerImageRoute(fastify, options.findImage);
  if (options.fileStore) registerStoreRoutes(fastify, options.fileStore, limits);
  registerProbeRoutes(fastify, options, limits);
  await fastify.ready();

  return {
    fastify,
    listen,
    close() {
      closing ??= shutDown().finally(() => apollo.stop());
      return closing;
    },
  };
}
