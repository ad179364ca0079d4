/** The limits on cost: they need the schema, the operation that runs and its variables. */
import {
  type DocumentNode,
  getIntrospectionQuery,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { asGraphQLError, type GraphQLLimits, limitError } from './limits';
import { operationCost } from './operation-cost';

/** Introspection in full, as the greediest of the known tools asks for it. */
const STANDARD_INTROSPECTION = parse(
  getIntrospectionQuery({
    schemaDescription: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
  }),
  { noLocation: true },
);

const standardCosts = new WeakMap<GraphQLSchema, number>();

/** @throws GraphQLError where variables or arguments do not fit the schema */
export function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: GraphQLLimits,
): GraphQLError[] {
  const { cost, introspectionCost } = operationCost({
    schema,
    document,
    operationName: operation.name?.value,
    variables,
    assumedListSize: limits.assumedListSize,
    maxSelections: limits.querySelections,
  });
  const errors: GraphQLError[] = [];
  if (cost > limits.queryCost) {
    const excess = {
      code: 'QUERY_TOO_COSTLY',
      limit: 'queryCost',
      max: limits.queryCost,
      found: cost,
      what: 'The operation costs too much',
      advice: 'Ask for shorter lists (first, limit) or fewer fields of their items.',
    };
    errors.push(asGraphQLError(limitError(excess), operation));
  }
  const maxIntrospection = Math.ceil(
    limits.introspectionCostFactor * standardIntrospectionCost(schema),
  );
  if (introspectionCost > maxIntrospection) {
    const excess = {
      code: 'INTROSPECTION_TOO_COSTLY',
      limit: 'introspectionCostFactor',
      max: maxIntrospection,
      found: introspectionCost,
      what: 'The introspection costs too much',
      advice: `That is ${limits.introspectionCostFactor} times what the standard introspection query costs on this schema: ask for it once, without aliases.`,
    };
    errors.push(asGraphQLError(limitError(excess), operation));
  }
  return errors;
}

function standardIntrospectionCost(schema: GraphQLSchema): number {
  const known = standardCosts.get(schema);
  if (known !== undefined) return known;
  const { introspectionCost } = operationCost({
    schema,
    document: STANDARD_INTROSPECTION,
    assumedListSize: 1,
    maxSelections: Number.MAX_SAFE_INTEGER - 1,
  });
  standardCosts.set(schema, introspectionCost);
  return introspectionCost;
}
