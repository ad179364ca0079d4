/** Times GraphQL operations, whichever way they come. */
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { ServiceMetrics } from '../telemetry/service-metrics';

/** @returns the root field's own name; an operation with several, or with a fragment there, is 'several' */
export function rootFieldOf({ selectionSet }: OperationDefinitionNode): string {
  const [first, ...others] = selectionSet.selections;
  return first?.kind === Kind.FIELD && others.length === 0 ? first.name.value : 'several';
}

/** For Apollo. What never came to be executed may name anything, so it has no field of its own. */
export function operationTimer<TContext extends BaseContext>(
  metrics: ServiceMetrics,
): ApolloServerPlugin<TContext> {
  return {
    requestDidStart: () => {
      const startedAt = performance.now();
      let executed = false;
      return Promise.resolve({
        executionDidStart: () => {
          executed = true;
          return Promise.resolve();
        },
        willSendResponse: ({ operation, response: { body } }) => {
          const failed = body.kind === 'single' && body.singleResult.errors !== undefined;
          const seconds = (performance.now() - startedAt) / 1000;
          if (executed && operation) {
            const outcome = failed ? 'errors' : 'ok';
            metrics.operationEnded(operation.operation, rootFieldOf(operation), outcome, seconds);
          } else {
            metrics.operationRefused(seconds);
          }
          return Promise.resolve();
        },
      });
    },
  };
}

/** For queries and mutations over WebSocket, in place of graphql-js's own. */
export function timedExecute(metrics: ServiceMetrics) {
  return async (args: ExecutionArgs): Promise<ExecutionResult> => {
    const startedAt = performance.now();
    const result = await execute(args);
    const operation = operationOf(args.document, args.operationName);
    if (operation) {
      metrics.operationEnded(
        operation.operation,
        rootFieldOf(operation),
        result.errors ? 'errors' : 'ok',
        (performance.now() - startedAt) / 1000,
      );
    }
    return result;
  };
}

function operationOf(document: DocumentNode, name: string | null | undefined) {
  return getOperationAST(document, name ?? undefined);
}
