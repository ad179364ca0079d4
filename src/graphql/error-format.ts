/** Turns anything thrown on the way to an answer into an error that is safe to send, on every transport. */
import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import { isDatabaseAway } from '../database/database-away';
import { AssayError } from '../errors';
import { invalidFields } from './invalid-fields';
import type { RequestLog } from './request-info';

/** graphql-js puts the caller's own values into its messages, as long as they come. */
const MAX_MESSAGE_LENGTH = 1_000;

interface SafeError {
  message: string;
  extensions: Record<string, unknown>;
}

/**
 * Errors of the house keep code, message, kind and details; what GraphQL itself finds wrong with a
 * request keeps its message under a stable code; that the database is away is said without its words. Everything
 * else is a bug: it is logged whole under an id, and the answer is "internal error" with that id.
 */
export function formatGraphQLError(error: unknown, log: RequestLog): GraphQLFormattedError {
  const outer = error instanceof GraphQLError ? error : undefined;
  const cause = rootCause(error);
  const { message, extensions } =
    describeHouseError(cause) ??
    describeGraphQLError(cause, outer) ??
    describeOutage(cause, outer, log) ??
    describeBug(cause, outer, log);
  return {
    message: cut(message),
    ...(outer?.locations === undefined ? {} : { locations: outer.locations }),
    ...(outer?.path === undefined ? {} : { path: outer.path }),
    extensions,
  };
}

/** What was thrown first, below the wrappings of graphql-js and Apollo. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) {
    cause = cause.originalError;
  }
  return cause;
}

function describeHouseError(cause: unknown): SafeError | undefined {
  if (cause instanceof AssayError) {
    const { code, kind, details, message } = cause;
    return {
      message,
      extensions: { code, kind, ...(Object.keys(details).length === 0 ? {} : { details }) },
    };
  }
  if (cause instanceof ArgumentValidationError) {
    const fields = invalidFields(cause.extensions.validationErrors);
    // A validator that itself threw gives no list: that is a bug.
    if (fields === undefined) return undefined;
    const summary = fields.map(({ message }) => message).join('; ');
    return {
      message: `The input is not valid: ${summary}`,
      extensions: { code: 'BAD_USER_INPUT', kind: 'user', fields },
    };
  }
  return undefined;
}

function describeGraphQLError(
  cause: unknown,
  outer: GraphQLError | undefined,
): SafeError | undefined {
  if (outer === undefined || cause instanceof ArgumentValidationError) return undefined;
  // What is wrong with the request itself is said in full by the outer error ("Variable "$n" got …");
  // below it may be whatever a scalar threw. What a resolver threw is below graphql-js's wrapping.
  const isAboutRequest = outer.path === undefined && outer.nodes !== undefined;
  const speaker = isAboutRequest ? outer : cause;
  if (!(speaker instanceof GraphQLError)) return undefined;
  const code = stringOf(outer.extensions.code) ?? inferredCode(speaker, outer);
  if (code === undefined || code === 'INTERNAL_SERVER_ERROR') return undefined;
  return { message: speaker.message, extensions: { code, kind: 'user' } };
}

/**
 * graphql-js gives its errors no codes; where they point tells what they are about. One that arose
 * during execution (it has a path) and points at no part of the query is a value that a resolver
 * returned and its type can't hold: its message shows our data, so it is treated as a bug.
 */
function inferredCode(speaker: GraphQLError, outer: GraphQLError): string | undefined {
  if (speaker.nodes !== undefined) {
    return outer.path === undefined ? 'GRAPHQL_VALIDATION_FAILED' : 'BAD_USER_INPUT';
  }
  return speaker.source === undefined ? undefined : 'GRAPHQL_PARSE_FAILED';
}

function describeOutage(
  cause: unknown,
  outer: GraphQLError | undefined,
  log: RequestLog,
): SafeError | undefined {
  if (!isDatabaseAway(cause)) return undefined;
  log.warn({ err: cause, path: outer?.path }, 'the database is away');
  return {
    message:
      'The database does not answer. Try again in a moment; where it stays so, the log of the service says more.',
    extensions: { code: 'DATABASE_UNREACHABLE', kind: 'operational' },
  };
}

function describeBug(cause: unknown, outer: GraphQLError | undefined, log: RequestLog): SafeError {
  const errorId = randomUUID();
  log.error({ errorId, err: cause, path: outer?.path }, 'internal error');
  return {
    message: 'internal error',
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH
    ? message
    : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
