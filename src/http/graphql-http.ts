/** GraphQL over HTTP: Apollo Server on POST, its Sandbox on GET in a browser, and nothing else. */
import { ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { formatGraphQLError } from '../graphql/error-format';
import type { GraphQLLimits } from '../graphql/limits/limits';
import { nameTokenLimit } from '../graphql/limits/token-limit';
import type { CreateContext, RequestLog } from '../graphql/request-info';
import { operationLog, withOperationLog } from '../telemetry/operation-log';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import { NO_TRACING, type OpenSpan, type Tracing } from '../telemetry/tracing';
import { operationGate } from './operation-gate';
import { operationTimer } from './operation-timer';
import { operationNamer, UNNAMED } from './operation-tracing';
import type { HttpLimits } from './http-limits';
import { HttpRefusal } from './http-refusal';
import { GRAPHQL_PATH } from './paths';
import type { RequestAccess } from './request-access';
import { SANDBOX_POLICY } from './security-headers';
import { withinTime } from './within-time';

const ALLOWED_METHODS = 'GET, POST, OPTIONS';

export interface GraphQLHttpOptions<TContext extends BaseContext> {
  schema: GraphQLSchema;
  limits: GraphQLLimits & Pick<HttpLimits, 'answerTimeoutMs'>;
  createContext: CreateContext<TContext>;
  access: RequestAccess;
  log: RequestLog;
  metrics?: ServiceMetrics;
  tracing?: Tracing;
  spanOf: (request: FastifyRequest) => OpenSpan;
}

export interface GraphQLHttp<TContext extends BaseContext> {
  apollo: ApolloServer<TContext>;
  /** Answers POST. */
  post: RouteHandlerMethod;
}

export async function startGraphQLHttp<TContext extends BaseContext>(
  options: GraphQLHttpOptions<TContext>,
): Promise<GraphQLHttp<TContext>> {
  const { schema, limits, createContext, access, log, metrics, spanOf } = options;
  const { tracing = NO_TRACING } = options;
  // formatError is not told whose error it formats.
  const formatError = (error: unknown) =>
    formatGraphQLError(nameTokenLimit(error, limits), operationLog(log));

  const apollo = new ApolloServer<TContext>({
    schema,
    logger: log,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    // Apollo's handlers end the process with 143; signals are main.ts's matter.
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: limits.queryTokens },
    // Not skipped: operationGate validates, after the counts that keep validation itself cheap, and by
    // the same function that WebSocket operations pass.
    dangerouslyDisableValidation: true,
    formatError: (_formatted, error) => formatError(error),
    plugins: [
      operationGate(limits, formatError),
      ...(metrics ? [operationTimer<TContext>(metrics)] : []),
      operationNamer<TContext>(tracing),
      ApolloServerPluginLandingPageLocalDefault({ footer: false, embed: { runTelemetry: false } }),
      // These would report to Apollo where APOLLO_KEY happens to be set.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  });
  await apollo.start();

  const handle = fastifyApolloHandler(apollo, {
    context: async (request) =>
      createContext({
        requestId: request.id,
        transport: 'http',
        caller: access.callerOf(request),
        log: request.log,
      }),
  });
  return {
    apollo,
    // Fastify's handlerTimeout is not for this: it ends its watch as soon as the body is read.
    post(request, reply) {
      const answer = tracing.within(spanOf(request), () =>
        tracing.span({ name: UNNAMED }, () =>
          withOperationLog(request.log, async () => handle.call(this, request, reply)),
        ),
      );
      return withinTime(answer, limits.answerTimeoutMs, () =>
        answerTooLate(limits.answerTimeoutMs),
      );
    },
  };
}

function answerTooLate(max: number): HttpRefusal {
  return new HttpRefusal(
    503,
    'REQUEST_TIMEOUT',
    `The answer took longer than ${max} ms (answerTimeoutMs). Ask for less, or again later.`,
    { limit: 'answerTimeoutMs', max },
  );
}

/**
 * Answers GET: the Sandbox for a browser. Queries by GET are off: their text would end in the logs of
 * every proxy, and nothing here gains from caching them.
 */
export function landingPage<TContext extends BaseContext>(
  apollo: ApolloServer<TContext>,
): RouteHandlerMethod {
  return async (request, reply) => {
    const accept = request.headers.accept ?? '';
    if (!accept.includes('text/html')) return refuseMethod(reply);
    const page = await apollo.executeHTTPGraphQLRequest({
      // Of the request only the wish for HTML is passed on, so no query can run this way.
      httpGraphQLRequest: {
        method: 'GET',
        headers: new HeaderMap([['accept', 'text/html']]),
        search: '',
        body: undefined,
      },
      context: () => Promise.reject(new Error('a landing page has no context')),
    });
    if (page.body.kind !== 'complete') throw new Error('a landing page is never chunked');
    return reply
      .header('content-security-policy', SANDBOX_POLICY)
      .type('text/html; charset=utf-8')
      .send(page.body.string);
  };
}

/** Answers what is neither GET nor POST. OPTIONS gets no CORS header: no other site may call us. */
export function registerOtherMethods(fastify: FastifyInstance): void {
  fastify.options(GRAPHQL_PATH, (_request, reply) =>
    reply.code(204).header('allow', ALLOWED_METHODS).send(),
  );
  fastify.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: GRAPHQL_PATH,
    handler: (_request, reply) => refuseMethod(reply),
  });
}

function refuseMethod(reply: FastifyReply): never {
  void reply.header('allow', ALLOWED_METHODS);
  throw new HttpRefusal(
    405,
    'METHOD_NOT_ALLOWED',
    'Send GraphQL operations as POST with a JSON body; a browser gets the Sandbox by GET.',
  );
}
