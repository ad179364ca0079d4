/** Lets Apollo execute only what checkOperation finds nothing against. */
import { type ApolloServerPlugin, type BaseContext, HeaderMap } from '@apollo/server';
import { type GraphQLError, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { UserError } from '../errors';
import { checkOperation } from '../graphql/limits/check-operation';
import { asGraphQLError, type GraphQLLimits } from '../graphql/limits/limits';

/**
 * A plugin that answers with all errors of an operation at once. It answers instead of throwing: of
 * what `didResolveOperation` throws, Apollo reports one error, and everything but a GraphQLError as 500.
 */
export function operationGate<TContext extends BaseContext>(
  limits: GraphQLLimits,
  formatError: (error: unknown) => GraphQLFormattedError,
): ApolloServerPlugin<TContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        responseForOperation({ schema, document, request, operation }) {
          const { status, errors } = refusalOf(() => {
            const found = checkOperation(
              schema,
              document,
              request.variables,
              request.operationName,
              limits,
            );
            return found.length === 0 && operation.operation === OperationTypeNode.SUBSCRIPTION
              ? [needsWebSocket()]
              : found;
          });
          if (errors.length === 0) return Promise.resolve(null);
          return Promise.resolve({
            http: { status, headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { errors: errors.map(formatError) } },
          });
        },
      }),
  };
}

function refusalOf(check: () => readonly GraphQLError[]): {
  status: number;
  errors: readonly unknown[];
} {
  try {
    return { status: 400, errors: check() };
  } catch (error) {
    return { status: 500, errors: [error] };
  }
}

function needsWebSocket(): GraphQLError {
  return asGraphQLError(
    new UserError(
      'SUBSCRIPTION_NEEDS_WEBSOCKET',
      'Subscriptions run over WebSocket: connect to this address with the graphql-transport-ws protocol.',
    ),
  );
}
