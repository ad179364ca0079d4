/** Operations over WebSocket: graphql-ws goes past Apollo, so parsing, gate and error shapes are set here. */
import {
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { messageOf } from '../errors';
import { formatGraphQLError } from '../graphql/error-format';
import { checkOperation } from '../graphql/limits/check-operation';
import { asGraphQLError, limitError } from '../graphql/limits/limits';
import { nameTokenLimit } from '../graphql/limits/token-limit';
import type { CreateContext, RequestLog } from '../graphql/request-info';
import { withOperationLog } from '../telemetry/operation-log';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import { NO_TRACING, type Tracing } from '../telemetry/tracing';
import type { ServiceLimits } from './http-limits';
import { timedExecute } from './operation-timer';
import { tracedExecute } from './operation-tracing';
import type { RequestAccess } from './request-access';
import { traceparentOf } from './request-tracing';
import { subscribeWithFreshContext } from './subscription-events';
import { type ConnectionExtra, currentCaller, identify } from './websocket-access';

export interface WebSocketOperationOptions<TContext> {
  schema: GraphQLSchema;
  limits: ServiceLimits;
  createContext: CreateContext<TContext>;
  access: RequestAccess;
  metrics?: ServiceMetrics;
  tracing?: Tracing;
}

/** What an operation needs that its arguments don't hold. */
interface Origin {
  newContext: () => unknown;
  log: RequestLog;
  traceparent: string | undefined;
}

type Connection = Context<Record<string, unknown> | undefined, ConnectionExtra>;

export function createOperationServer<TContext>(
  options: WebSocketOperationOptions<TContext>,
): Server<ConnectionExtra> {
  const { schema, limits, createContext, access, metrics, tracing = NO_TRACING } = options;
  // graphql-ws hands `execute` and `subscribe` the very arguments that onSubscribe returned, and nothing else.
  const origins = new WeakMap<ExecutionArgs, Origin>();

  async function prepare(
    connection: Connection,
    { query, variables, operationName }: SubscribePayload,
  ): Promise<readonly GraphQLError[] | ExecutionArgs> {
    const excess = tooManyOperations(connection, limits.websocketOperations);
    if (excess !== undefined) return [excess];

    const caller = await currentCaller(access, connection.extra);

    const document = parse(query, { maxLexicalTokens: limits.queryTokens });
    const errors = checkOperation(schema, document, variables, operationName, limits);
    if (errors.length > 0) return errors;

    const { request } = connection.extra;
    connection.extra.operationCount += 1;
    const { operationCount } = connection.extra;
    const requestId = `${request.id}/${operationCount}`;
    const log = request.log.child({ operation: operationCount });
    const newContext = () => createContext({ requestId, transport: 'websocket', caller, log });
    const args: ExecutionArgs = {
      schema,
      document,
      contextValue: await newContext(),
      ...(variables ? { variableValues: variables } : {}),
      ...(typeof operationName === 'string' ? { operationName } : {}),
    };
    origins.set(args, { newContext, log, traceparent: traceparentOf(request) });
    return args;
  }

  const timed = metrics ? timedExecute(metrics) : async (args: ExecutionArgs) => execute(args);
  const logged = (args: ExecutionArgs): Promise<ExecutionResult> => {
    const origin = origins.get(args);
    return origin ? withOperationLog(origin.log, () => timed(args)) : timed(args);
  };

  return makeServer<Record<string, unknown> | undefined, ConnectionExtra>({
    schema,
    connectionInitWaitTimeout: limits.websocketInitTimeoutMs,
    onConnect: ({ connectionParams, extra }) => identify(access, extra, connectionParams),
    async onSubscribe(connection, _id, payload) {
      const startedAt = performance.now();
      const prepared = await prepare(connection, payload).catch((error: unknown) => [
        toGraphQLError(nameTokenLimit(error, limits)),
      ]);
      if (Array.isArray(prepared))
        metrics?.operationRefused((performance.now() - startedAt) / 1000);
      return prepared;
    },
    execute: tracedExecute(tracing, logged, (args) => origins.get(args)?.traceparent),
    subscribe: (args) =>
      subscribeWithFreshContext(args, origins.get(args)?.newContext ?? (() => args.contextValue)),
    onNext({ extra }, _id, _payload, _args, { data, errors }) {
      if (errors === undefined) return;
      return {
        errors: errors.map((error) => formatGraphQLError(error, extra.request.log)),
        ...(data === undefined ? {} : { data }),
      };
    },
    onError: ({ extra }, _id, _payload, errors) =>
      errors.map((error) => formatGraphQLError(error, extra.request.log)),
  });
}

function tooManyOperations(connection: Connection, max: number): GraphQLError | undefined {
  // The operation that is being prepared is among them already.
  const found = Object.keys(connection.subscriptions).length;
  if (found <= max) return undefined;
  return asGraphQLError(
    limitError({
      code: 'TOO_MANY_OPERATIONS',
      limit: 'websocketOperations',
      max,
      found,
      what: 'Too many operations run on this connection',
      advice: 'Complete one first.',
    }),
  );
}

/** graphql-ws takes only GraphQLErrors; what is inside is looked at when it is formatted. */
function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(messageOf(error));
  return new GraphQLError('internal error', { originalError });
}
