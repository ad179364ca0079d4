import {
  buildSchema,
  getIntrospectionQuery,
  GraphQLError,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { type OperationCost, operationCost } from '../../../src/graphql/limits/operation-cost';

const schema: GraphQLSchema = buildSchema(`
  type Query { item(id: ID): Item  list: [Item!]!  paged(first: Int, limit: Int): [Item]
               page(last: Int = 3): Page!  tags: [String!]!  node: Node  dear(n: Int): Item }
  type Page { edges: [Item!]! }
  interface Node { id: ID }
  type Item implements Node { id: ID  name: String  items(first: Int!): [Item!]!  leaf: Leaf }
  type Leaf implements Node { id: ID  value: Float  other: Float }
`);
const dear = schema.getQueryType()?.getFields().dear;
if (dear) {
  dear.extensions = {
    complexity: ({ args, childComplexity }: { args: { n?: number }; childComplexity: number }) =>
      args.n === undefined ? undefined : args.n * 100 + childComplexity,
  };
}

const costOf = (query: string, variables?: Record<string, unknown>): OperationCost =>
  operationCost({
    schema,
    document: parse(query),
    variables,
    assumedListSize: 10,
    maxSelections: 1_000,
  });

test.each([
  ['{ item { id name } }', 3],
  ['{ list { id name } }', 1 + 10 * 2],
  ['{ tags }', 1],
  ['{ paged(first: 4) { id } }', 1 + 4],
  ['{ paged(limit: 4) { id } }', 1 + 4],
  ['{ paged(first: 2, limit: 4) { id } }', 1 + 4],
  ['{ paged { id } }', 1 + 10],
  ['{ paged(first: null) { id } }', 1 + 10],
  ['{ paged(first: 0) { id name } }', 1 + 2],
  ['{ paged(first: -7) { id name } }', 1 + 2],
  ['{ page { edges { id } } }', 1 + 3 * (1 + 10)],
  ['{ item { items(first: 5) { items(first: 5) { id } } } }', 1 + 1 + 5 * (1 + 5)],
  ['{ item { id } again: item { id } }', 4],
  ['{ item { ...A ...A } } fragment A on Item { id }', 3],
  ['{ item { id @skip(if: true) name @include(if: false) leaf { id } } }', 3],
  ['{ node { id ... on Item { name } ... on Leaf { value other } } }', 1 + 1 + 2],
  ['{ dear(n: 3) { id } }', 301],
  ['{ dear { id } }', 2],
  ['{ dear(n: -5) { id } }', 2],
])('%s costs %d', (query, cost) => {
  expect(costOf(query)).toEqual({ cost, introspectionCost: 0 });
});

test('sizes and conditions are taken from variables and their defaults', () => {
  const query =
    'query Q($n: Int = 6, $all: Boolean!) { paged(first: $n) { id name @include(if: $all) } }';
  expect(costOf(query, { all: true }).cost).toBe(1 + 6 * 2);
  expect(costOf(query, { all: false, n: 2 }).cost).toBe(1 + 2);
});

test('variables that do not fit are an error of the caller', () => {
  const query = 'query Q($n: Int) { paged(first: $n) { id } }';
  expect(() => costOf(query, { n: 'many' })).toThrow(GraphQLError);
});

test('introspection is counted apart, its lists as long as those of the schema', () => {
  const { cost, introspectionCost } = costOf('{ __schema { types { name } } item { id } }');
  expect(cost).toBe(1 + 2);
  expect(introspectionCost).toBe(1 + 1 + Object.keys(schema.getTypeMap()).length);
  expect(costOf('{ __typename }').introspectionCost).toBe(0);
  const whole = costOf(getIntrospectionQuery()).introspectionCost;
  expect(whole).toBeGreaterThan(introspectionCost * 10);
});
