/** How long the lists of an introspection answer are on a given schema: what their cost multiplies by. */
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** Mean length by `Type.field`; other introspection fields give one value. */
export type IntrospectionSizes = ReadonlyMap<string, number>;

const cache = new WeakMap<GraphQLSchema, IntrospectionSizes>();

export function introspectionSizes(schema: GraphQLSchema): IntrospectionSizes {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const types = Object.values(schema.getTypeMap());
  const withFields = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fieldLists = withFields.map((type) => Object.values(type.getFields()));
  const directives = schema.getDirectives();
  const sizes: IntrospectionSizes = new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Type.fields', meanLength(fieldLists)],
    ['__Type.interfaces', meanLength(withFields.map((type) => type.getInterfaces()))],
    [
      '__Type.inputFields',
      meanLength(types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()))),
    ],
    ['__Type.enumValues', meanLength(types.filter(isEnumType).map((type) => type.getValues()))],
    [
      '__Type.possibleTypes',
      meanLength(types.filter(isInterfaceType).map((type) => schema.getPossibleTypes(type))),
    ],
    ['__Field.args', meanLength(fieldLists.flat().map((field) => field.args))],
    ['__Directive.args', meanLength(directives.map((directive) => directive.args))],
  ]);
  cache.set(schema, sizes);
  return sizes;
}

/** At least 1: an empty list still costs the field that asks for it. */
function meanLength(lists: readonly { readonly length: number }[]): number {
  if (lists.length === 0) return 1;
  return Math.max(1, lists.reduce((sum, list) => sum + list.length, 0) / lists.length);
}
