/** What one operation may ask for (counts). Every refusal names the limit, its value and what was found. */
import { type ASTNode, GraphQLError } from 'graphql';
import { type AssayError, UserError } from '../../errors';

export interface GraphQLLimits {
  /** Lexical tokens of a document (QUERY_TOO_LONG). Bounds everything that is done with it afterwards. */
  queryTokens: number;
  /** Fields below each other, introspection apart (QUERY_TOO_DEEP). */
  queryDepth: number;
  /** Fields and fragments after all fragments are spread (QUERY_TOO_LARGE). */
  querySelections: number;
  /** Aliases after all fragments are spread (TOO_MANY_ALIASES). */
  queryAliases: number;
  /** Fields of the root type after all fragments are spread (TOO_MANY_ROOT_FIELDS). */
  queryRootFields: number;
  /** Directives after all fragments are spread (TOO_MANY_DIRECTIVES). */
  queryDirectives: number;
  /** Cost units: 1 a field or what its `complexity` says, lists multiplied by their size (QUERY_TOO_COSTLY). */
  queryCost: number;
  /** Items that a list without a size argument is taken to have when its cost is counted. */
  assumedListSize: number;
  /** Lists of a type's parts (fields, inputFields, interfaces, possibleTypes) inside each other (INTROSPECTION_TOO_DEEP). */
  introspectionDepth: number;
  /** As a multiple of what the standard introspection query costs on this schema (INTROSPECTION_TOO_COSTLY). */
  introspectionCostFactor: number;
}

/**
 * The standard introspection query (GraphiQL, Sandbox, graphql-codegen) has 184 tokens and 240
 * selections. Validating the worst documents known took 140 ms at 2,000 tokens, and grows with their
 * square.
 */
export const DEFAULT_GRAPHQL_LIMITS: Readonly<GraphQLLimits> = {
  queryTokens: 1_000,
  queryDepth: 12,
  querySelections: 1_000,
  queryAliases: 50,
  queryRootFields: 20,
  queryDirectives: 50,
  queryCost: 5_000,
  assumedListSize: 10,
  introspectionDepth: 1,
  introspectionCostFactor: 2,
};

export interface LimitExcess {
  code: string;
  /** The limit's name in the configuration. */
  limit: string;
  max: number;
  /** What was found; where counting stops early, the count at which it stopped. */
  found: number;
  /** What was counted and what to do next; the numbers are put between them. */
  what: string;
  advice: string;
}

/** @returns the refusal that all limits share, with `details: { limit, max, found }` */
export function limitError(excess: LimitExcess): UserError {
  const { code, limit, max, what, advice } = excess;
  // Sums over exponential fragments overflow; JSON has no Infinity.
  const found = Math.min(Math.ceil(excess.found), Number.MAX_SAFE_INTEGER);
  return new UserError(
    code,
    `${what}: at most ${max} allowed (${limit}), found ${found}. ${advice}`,
    { details: { limit, max, found } },
  );
}

/**
 * Wraps an error of the house for places where only GraphQLErrors may pass. The code stays with the
 * original error: Apollo overwrites `extensions.code` of what a validation rule reports.
 */
export function asGraphQLError(error: AssayError, node?: ASTNode): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    ...(node === undefined ? {} : { nodes: node }),
  });
}
