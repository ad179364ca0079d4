/** Asks every query that is on the page again when the service is back: what is shown may be old by then. */
import type { Exchange, Operation } from '@urql/core';
import { pipe, tap } from 'wonka';
import { onComeback } from './connection';

export const refreshExchange: Exchange = ({ client, forward }) => {
  const shown = new Map<number, Operation>();
  onComeback(() => {
    for (const operation of shown.values()) {
      client.reexecuteOperation(
        client.createRequestOperation('query', operation, { requestPolicy: 'network-only' }),
      );
    }
  });
  return (operations) =>
    pipe(
      operations,
      tap((operation) => {
        if (operation.kind === 'query') shown.set(operation.key, operation);
        if (operation.kind === 'teardown') shown.delete(operation.key);
      }),
      forward,
    );
};
