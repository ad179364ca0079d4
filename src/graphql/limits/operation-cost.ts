/** What an operation costs: the rules of one field, summed over the operation by graphql-query-complexity. */
import {
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  isCompositeType,
  isListType,
} from 'graphql';
import { getNullableType, isIntrospectionType } from 'graphql';
import {
  type ComplexityEstimator,
  type ComplexityEstimatorArgs,
  getComplexity,
} from 'graphql-query-complexity';
import { introspectionSizes } from './introspection-sizes';

export interface CostRequest {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName?: string | undefined;
  variables?: Readonly<Record<string, unknown>> | undefined;
  /** Items that a list without a size argument is taken to have. */
  assumedListSize: number;
  /** Selections that are looked at before giving up, fragments spread. */
  maxSelections: number;
}

export interface OperationCost {
  /** Cost units of everything but introspection. */
  cost: number;
  /** Cost units under __schema and __type, counted apart: its lists are as long as the schema. */
  introspectionCost: number;
}

/** Arguments that say how many items a field gives at most. */
const SIZE_ARGUMENTS: readonly string[] = ['first', 'last', 'limit'];

/**
 * The cost of a field is its own (`extensions.complexity` where that is a number, else 1) plus that of
 * its selections times the number of items: the size argument, else `assumedListSize` for a list.
 * Where `extensions.complexity` is a function, what it returns. @skip and @include are obeyed.
 *
 * @throws GraphQLError where variables or arguments do not fit the schema
 */
export function operationCost(request: CostRequest): OperationCost {
  const sizes = introspectionSizes(request.schema);
  let introspectionCost = 0;

  const introspection: ComplexityEstimator = ({ type, field, childComplexity }) => {
    if (field.name === '__schema' || field.name === '__type') {
      introspectionCost += 1 + childComplexity;
      return 1;
    }
    if (!isIntrospectionType(type)) return;
    return 1 + (sizes.get(`${type.name}.${field.name}`) ?? 1) * childComplexity;
  };

  const cost = getComplexity({
    schema: request.schema,
    query: request.document,
    estimators: [
      introspection,
      declaredCost,
      (args) =>
        ownCost(args.field.extensions.complexity) + childCost(args, request.assumedListSize),
    ],
    maxQueryNodes: request.maxSelections + 1,
    ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
    ...(request.variables === undefined ? {} : { variables: request.variables }),
  });
  return { cost, introspectionCost };
}

function declaredCost(args: ComplexityEstimatorArgs): number | undefined {
  const complexity: unknown = args.field.extensions.complexity;
  if (typeof complexity !== 'function') return undefined;
  const declared: unknown = (complexity as ComplexityEstimator)(args);
  // A negative cost would pay for other fields.
  return typeof declared === 'number' && declared >= 0 ? declared : undefined;
}

function ownCost(complexity: unknown): number {
  return typeof complexity === 'number' && complexity >= 0 ? complexity : 1;
}

function childCost(args: ComplexityEstimatorArgs, assumedListSize: number): number {
  if (args.childComplexity === 0) return 0;
  return args.childComplexity * itemCount(args, assumedListSize);
}

function itemCount({ field, args }: ComplexityEstimatorArgs, assumedListSize: number): number {
  const sizeArguments = field.args.filter(({ name }) => SIZE_ARGUMENTS.includes(name));
  const given = sizeArguments
    .map(({ name }) => args[name] as unknown)
    .filter((value) => typeof value === 'number');
  // At least 1: a size of 0 or less must not hide what is asked for below it.
  if (given.length > 0) return Math.max(1, ...given);
  const isSized = sizeArguments.length > 0;
  const isList =
    isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type));
  return isSized || isList ? assumedListSize : 1;
}
