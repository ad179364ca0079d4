/** The limit on a document's tokens, which graphql-js enforces while it parses, under a name of its own. */
import { GraphQLError, parse } from 'graphql';
import { messageOf } from '../../errors';
import { asGraphQLError, type GraphQLLimits, limitError } from './limits';

/** What graphql-js says by limit, asked of the library itself: its wording is no part of its API. */
const refusals = new Map<number, string>();

/** @returns the error under the code QUERY_TOO_LONG where it is the parser's refusal, else as it came */
export function nameTokenLimit(
  error: unknown,
  { queryTokens }: Pick<GraphQLLimits, 'queryTokens'>,
): unknown {
  if (!(error instanceof GraphQLError) || error.message !== refusalOf(queryTokens)) return error;
  return asGraphQLError(
    limitError({
      code: 'QUERY_TOO_LONG',
      limit: 'queryTokens',
      max: queryTokens,
      found: queryTokens + 1,
      what: 'The document has too many tokens',
      advice: 'Send values as variables and split the document. (Counting stopped there.)',
    }),
  );
}

function refusalOf(queryTokens: number): string {
  let refusal = refusals.get(queryTokens);
  if (refusal === undefined) {
    try {
      parse(`{${' a'.repeat(queryTokens)}}`, { maxLexicalTokens: queryTokens, noLocation: true });
      refusal = '';
    } catch (error) {
      refusal = messageOf(error);
    }
    refusals.set(queryTokens, refusal);
  }
  return refusal;
}
