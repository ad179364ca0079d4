/** The one gate before execution, for HTTP and WebSocket alike: structure, validation, variables, cost. */
import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  MaxIntrospectionDepthRule,
  specifiedRules,
  validate,
} from 'graphql';
import { UserError } from '../../errors';
import { checkCost } from './cost-limits';
import { asGraphQLError, type GraphQLLimits } from './limits';
import { checkStructure } from './structure-limits';

/** Errors in one answer: enough to mend a query by, too few to make a small request's answer large. */
const MAX_ERRORS = 20;

/** graphql-js bounds introspection too, but its refusal names neither the limit nor what was found. */
const RULES = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);

/** Documents that passed the validation; the caller may hand in the same parsed document again. */
const validDocuments = new WeakMap<GraphQLSchema, WeakSet<DocumentNode>>();

/**
 * Checks a parsed document and the operation in it that is to run.
 *
 * The order matters: counts that need only the text go first (linear time), so that no document that
 * is cheap to send is dear to validate; cost goes last, for it needs coerced variables.
 *
 * @returns errors in the caller's input; empty when the operation may run
 */
export function checkOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
  operationName: string | null | undefined,
  limits: GraphQLLimits,
): readonly GraphQLError[] {
  const structureErrors = checkStructure(document, limits);
  if (structureErrors.length > 0) return structureErrors.slice(0, MAX_ERRORS);

  const validationErrors = validateOnce(schema, document);
  if (validationErrors.length > 0) return validationErrors;

  const operation = getOperationAST(document, operationName);
  if (!operation) return [unresolvedOperation(document, operationName)];

  const inputs = variables ?? {};
  const { errors: variableErrors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    inputs,
    { maxErrors: MAX_ERRORS },
  );
  if (variableErrors !== undefined) return variableErrors.map(asInputError);

  try {
    return checkCost(schema, document, operation, inputs, limits);
  } catch (error) {
    // An argument that only its variables make wrong; anything else is a bug and no answer to a caller.
    if (error instanceof GraphQLError) return [asInputError(error)];
    throw error;
  }
}

function validateOnce(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  let valid = validDocuments.get(schema);
  if (valid === undefined) {
    valid = new WeakSet();
    validDocuments.set(schema, valid);
  }
  if (valid.has(document)) return [];
  const errors = validate(schema, document, RULES, { maxErrors: MAX_ERRORS });
  if (errors.length === 0) valid.add(document);
  return errors;
}

/** The document fits the schema, but the values that came with it don't. */
function asInputError({ message, nodes, originalError }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    ...(nodes === undefined ? {} : { nodes }),
    ...(originalError === undefined ? {} : { originalError }),
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

function unresolvedOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): GraphQLError {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name !== undefined
      ? [definition.name.value]
      : [],
  );
  const problem =
    operationName === null || operationName === undefined
      ? 'The document has several operations and the request names none'
      : 'The document has no operation of the name that the request gives';
  return asGraphQLError(
    new UserError(
      'OPERATION_RESOLUTION_FAILURE',
      `${problem}. Send operationName as one of: ${names.join(', ') || '(none is named)'}.`,
    ),
  );
}
