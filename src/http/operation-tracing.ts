/** Spans of GraphQL operations, named by what the schema knows and not by what the caller calls it. */
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import {
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type GraphQLFormattedError,
  GraphQLError,
  type OperationDefinitionNode,
} from 'graphql';
import { errorType } from '../errors';
import type { OpenSpan, Tracing } from '../telemetry/tracing';
import { rootFieldOf } from './operation-timer';

/** Of what was not executed. */
export const UNNAMED = 'GraphQL operation';

/** For Apollo, whose operations run within a span each. */
export function operationNamer<TContext extends BaseContext>(
  tracing: Tracing,
): ApolloServerPlugin<TContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        executionDidStart: ({ operation }) => {
          name(tracing.active(), operation);
          return Promise.resolve();
        },
        willSendResponse: ({ response: { body } }) => {
          if (body.kind === 'single') blame(tracing.active(), body.singleResult.errors);
          return Promise.resolve();
        },
      }),
  };
}

/**
 * For queries and mutations over WebSocket.
 *
 * @param parentOf the trace of the connection's upgrade
 */
export function tracedExecute(
  tracing: Tracing,
  execute: (args: ExecutionArgs) => Promise<ExecutionResult>,
  parentOf: (args: ExecutionArgs) => string | undefined,
) {
  return (args: ExecutionArgs): Promise<ExecutionResult> =>
    tracing.span({ name: UNNAMED, kind: 'server', parent: parentOf(args) }, async (span) => {
      const operation = getOperationAST(args.document, args.operationName ?? undefined);
      if (operation) name(span, operation);
      const result = await execute(args);
      blame(span, result.errors);
      return result;
    });
}

function name(span: OpenSpan, operation: OperationDefinitionNode): void {
  const field = rootFieldOf(operation);
  span.rename(`${operation.operation} ${field}`);
  span.set({ 'graphql.operation.type': operation.operation, 'assay.graphql.field': field });
}

function blame(
  span: OpenSpan,
  errors: readonly (GraphQLFormattedError | GraphQLError)[] | undefined,
): void {
  const [first] = errors ?? [];
  if (!first) return;
  const code = first.extensions?.['code'];
  const thrown = first instanceof GraphQLError ? first.originalError : undefined;
  span.fail(typeof code === 'string' ? code : errorType(thrown ?? new GraphQLError('')));
}
