/** The limits that need no schema: they run before the validation, and so keep the validation cheap too. */
import { type DocumentNode, type GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import { asGraphQLError, type GraphQLLimits, type LimitExcess, limitError } from './limits';
import { measurerOf, type SelectionMeasure } from './selection-measure';

interface StructureRule extends Pick<LimitExcess, 'code' | 'what' | 'advice'> {
  limit: keyof GraphQLLimits;
  count: (measure: SelectionMeasure) => number;
}

const RULES: readonly StructureRule[] = [
  {
    limit: 'querySelections',
    code: 'QUERY_TOO_LARGE',
    count: (measure) => measure.selections,
    what: 'The operation selects too much once its fragments are spread',
    advice: 'Ask for fewer fields, or in several requests.',
  },
  {
    limit: 'queryDepth',
    code: 'QUERY_TOO_DEEP',
    count: (measure) => measure.depth,
    what: 'The operation nests its fields too deeply',
    advice: 'Start from an object nearer to the data, by its id.',
  },
  {
    limit: 'queryAliases',
    code: 'TOO_MANY_ALIASES',
    count: (measure) => measure.aliases,
    what: 'The operation has too many aliases',
    advice: 'Split it into several requests.',
  },
  {
    limit: 'queryRootFields',
    code: 'TOO_MANY_ROOT_FIELDS',
    count: (measure) => measure.ownFields,
    what: 'The operation has too many fields at its root',
    advice: 'Split it into several requests.',
  },
  {
    limit: 'queryDirectives',
    code: 'TOO_MANY_DIRECTIVES',
    count: (measure) => measure.directives,
    what: 'The operation has too many directives',
    advice: 'Leave out the ones that decide nothing.',
  },
  {
    limit: 'introspectionDepth',
    code: 'INTROSPECTION_TOO_DEEP',
    count: (measure) => measure.introspectionDepth,
    what: 'The introspection nests lists of types inside each other',
    advice: 'Ask for the names first, then for each type by __type(name: …).',
  },
];

/** @returns one error for each limit that some operation of the document exceeds */
export function checkStructure(document: DocumentNode, limits: GraphQLLimits): GraphQLError[] {
  const measure = measurerOf(document);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .flatMap((operation) => checkMeasure(operation, measure(operation.selectionSet), limits));
}

function checkMeasure(
  operation: OperationDefinitionNode,
  measure: SelectionMeasure,
  limits: GraphQLLimits,
): GraphQLError[] {
  const total = {
    ...measure,
    directives: measure.directives + definitionDirectives(operation),
  };
  return RULES.flatMap(({ limit, count, ...rule }) => {
    const max = limits[limit];
    const found = count(total);
    return found > max
      ? [asGraphQLError(limitError({ ...rule, limit, max, found }), operation)]
      : [];
  });
}

function definitionDirectives(operation: OperationDefinitionNode): number {
  const variables = operation.variableDefinitions ?? [];
  return variables.reduce(
    (sum, variable) => sum + (variable.directives?.length ?? 0),
    operation.directives?.length ?? 0,
  );
}
