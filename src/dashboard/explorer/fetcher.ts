/** How the explorer reaches the service: queries and mutations by POST, subscriptions over a WebSocket. */
import { createClient } from 'graphql-ws';
import { type DocumentNode, getOperationAST, OperationTypeNode } from 'graphql';
import { authorization } from '../client/token';

export interface Asked {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

const socket = createClient({
  url: `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/graphql`,
  connectionParams: authorization,
});

/** @param headers what is written in the editor of headers; the page's own token is sent without it */
export async function ask(asked: Asked, headers: Record<string, unknown> = {}): Promise<unknown> {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(), ...headers },
    body: JSON.stringify(asked),
  });
  return answer.json();
}

/** @param documentAST of all that is in the editor */
export function isSubscription(asked: Asked, documentAST: DocumentNode | undefined): boolean {
  if (documentAST === undefined) return false;
  return (
    getOperationAST(documentAST, asked.operationName)?.operation === OperationTypeNode.SUBSCRIPTION
  );
}

export function subscribe({ query, operationName, variables }: Asked) {
  return socket.iterate({
    query,
    variables: variables ?? {},
    ...(operationName && { operationName }),
  });
}
