/** The GraphQL client: queries and mutations by POST, subscriptions over one WebSocket. */
import {
  cacheExchange,
  type CombinedError,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
} from '@urql/core';
import {
  CloseCode,
  createClient as createSocket,
  type FormattedExecutionResult,
  type Sink,
} from 'graphql-ws';
import { Client } from 'urql';
import { lost } from './connection';
import { codeOf } from './problem';
import { refreshExchange } from './refresh-exchange';
import { askForToken, authorization } from './token';

/** Doubles up to this, and never gives up: the page may stay open over night. */
const MAX_RETRY_MS = 10_000;

export function createClient(): Client {
  const socket = createSocket({
    url: `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/graphql`,
    connectionParams: authorization,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** retries, MAX_RETRY_MS))),
    on: {
      closed(event) {
        const { code, reason } = event as CloseEvent;
        if (code === (CloseCode.Unauthorized as number)) askForToken(reason);
        else if (code === 1006 || code === 1001) lost();
      },
    },
  });
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: () => ({ headers: authorization() }),
    exchanges: [
      refreshExchange,
      cacheExchange,
      mapExchange({ onError: notice }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: variables ?? {} },
              // Equal but for exactOptionalPropertyTypes.
              sink as Sink<FormattedExecutionResult>,
            ),
          }),
        }),
      }),
    ],
  });
}

function notice(error: CombinedError): void {
  if (codeOf(error) === 'UNAUTHENTICATED') askForToken(error.graphQLErrors[0]?.message ?? '');
  else if (error.networkError !== undefined && error.response === undefined) lost();
}
