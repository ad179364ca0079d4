/** Each limit on operations, over HTTP and over WebSocket, at its edge and one beyond. */
import { getIntrospectionQuery } from 'graphql';
import type { ServiceLimits } from '../../../src/http/http-limits';
import { type AnsweredError, type Edge, RawSocket, startEdge } from './edge';

const LIMITS: Partial<ServiceLimits> = {
  queryTokens: 600,
  queryDepth: 5,
  querySelections: 300,
  queryAliases: 10,
  queryRootFields: 12,
  queryDirectives: 6,
  queryCost: 400,
  assumedListSize: 7,
};

let edge: Edge;
let socket: RawSocket;
beforeAll(async () => {
  edge = await startEdge(LIMITS);
  socket = await RawSocket.ready(edge.port);
});
afterAll(async () => {
  socket.socket.terminate();
  await edge.server.close();
});

const nested = (depth: number): string =>
  `{ item(id: 1) ${'{ parent '.repeat(depth - 2)}{ id }${' }'.repeat(depth - 2)} }`;
const aliased = (count: number): string =>
  `{ item(id: 1) { ${Array.from({ length: count }, (_, index) => `a${index}: name`).join(' ')} } }`;
const directed = (count: number): string => `{ hello ${'@include(if: true) '.repeat(count)}}`;
/** `levels` fragments, each spreading the next twice: 2^levels selections in a few lines. */
const bomb = (levels: number, leaf: string): string =>
  `{ item(id: 1) { ...F0 } } ${Array.from(
    { length: levels },
    (_, level) => `fragment F${level} on Item { ...F${level + 1} ...F${level + 1} }`,
  ).join(' ')} fragment F${levels} on Item { ${leaf} }`;
const schemaWalk = (levels: number): string =>
  `{ __schema { types ${'{ fields { type '.repeat(levels)}{ name }${' } }'.repeat(levels)} } }`;

interface LimitCase {
  title: string;
  code: string;
  details: Record<string, unknown>;
  query: string;
}

const refused: LimitCase[] = [
  {
    title: 'too many tokens',
    code: 'QUERY_TOO_LONG',
    details: { limit: 'queryTokens', max: 600, found: 601 },
    query: `{ ${'hello '.repeat(700)}}`,
  },
  {
    title: 'fields nested too deeply',
    code: 'QUERY_TOO_DEEP',
    details: { limit: 'queryDepth', max: 5, found: 6 },
    query: nested(6),
  },
  {
    title: 'fields nested too deeply by fragments',
    code: 'QUERY_TOO_DEEP',
    details: { limit: 'queryDepth', max: 5, found: 6 },
    query:
      '{ item(id: 1) { ...A } } fragment A on Item { parent { parent { ...B } } } fragment B on Item { ... on Item { parent { parent { id } } } }',
  },
  {
    title: 'an alias flood',
    code: 'TOO_MANY_ALIASES',
    details: { limit: 'queryAliases', max: 10, found: 11 },
    query: aliased(11),
  },
  {
    title: 'too many fields at the root',
    code: 'TOO_MANY_ROOT_FIELDS',
    details: { limit: 'queryRootFields', max: 12, found: 13 },
    query: `{ ...R ...R ...R ...R ...R ...R hello } fragment R on Query { hello contextId }`,
  },
  {
    title: 'too many directives',
    code: 'TOO_MANY_DIRECTIVES',
    details: { limit: 'queryDirectives', max: 6, found: 7 },
    query: directed(7),
  },
  {
    title: 'an exponential fragment bomb',
    code: 'QUERY_TOO_LARGE',
    details: { limit: 'querySelections', max: 300, found: 2 ** 41 },
    query: bomb(39, 'id name'),
  },
  {
    title: 'a list that its argument makes too costly',
    code: 'QUERY_TOO_COSTLY',
    details: { limit: 'queryCost', max: 400, found: 401 },
    query: '{ items(first: 100) { id name parent { id } } }',
  },
  {
    title: 'lists in lists that multiply',
    code: 'QUERY_TOO_COSTLY',
    details: { limit: 'queryCost', max: 400, found: 1 + 20 * (1 + 20 * 1) },
    query: '{ items(first: 20) { children(first: 20) { id } } }',
  },
  {
    title: 'lists without a size argument, taken to have the assumed size',
    code: 'QUERY_TOO_COSTLY',
    details: { limit: 'queryCost', max: 400, found: 1 + 1 + 7 * (1 + 7 * (1 + 7)) },
    query: '{ item(id: 1) { siblings { siblings { siblings { id } } } } }',
  },
  {
    title: 'a field of declared complexity',
    code: 'QUERY_TOO_COSTLY',
    details: { limit: 'queryCost', max: 400, found: 501 },
    query: '{ item(id: 1) { dear } }',
  },
  {
    title: 'a nested introspection bomb',
    code: 'INTROSPECTION_TOO_DEEP',
    details: { limit: 'introspectionDepth', max: 1, found: 3 },
    query: schemaWalk(3),
  },
  {
    title: 'introspection lists in introspection lists by __type',
    code: 'INTROSPECTION_TOO_DEEP',
    details: { limit: 'introspectionDepth', max: 1, found: 2 },
    query: '{ __type(name: "Item") { fields { type { possibleTypes { name } } } } }',
  },
];

function expectRefusal(errors: AnsweredError[], { code, details }: LimitCase): void {
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code, kind: 'user', details }]);
  const message = errors[0]?.message ?? '';
  for (const part of [details.limit, details.max, details.found]) {
    expect(message).toContain(String(part));
  }
}

test.each(refused)('$title is refused over HTTP with $code', async (limitCase) => {
  const started = performance.now();
  const { status, data, errors } = await edge.post(limitCase.query);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(status).toBe(400);
  expect(data).toBeUndefined();
  expectRefusal(errors, limitCase);
});

test.each(refused)('$title is refused over WebSocket with $code', async (limitCase) => {
  socket.subscribe(limitCase.title, limitCase.query);
  expectRefusal(await socket.errorsOf(limitCase.title), limitCase);
});

test.each([
  ['depth', nested(5)],
  ['aliases', aliased(10)],
  ['directives', directed(1)],
  ['cost', '{ items(first: 99) { id name parent { id } } }'],
])('an operation at the limit of %s passes', async (_limit, query) => {
  const { status, errors } = await edge.post(query);
  expect({ status, errors: errors.filter((error) => !error.path) }).toEqual({
    status: 200,
    errors: [],
  });
});

test('a document of just as many tokens as allowed is not too long', async () => {
  const { errors } = await edge.post(`{ ${'hello '.repeat(598)}}`);
  const codes = errors.map(({ extensions }) => extensions.code);
  expect(codes).toContain('QUERY_TOO_LARGE');
  expect(codes).not.toContain('QUERY_TOO_LONG');
});

test('cost is counted through variables and defaults', async () => {
  const query = 'query Q($n: Int = 500) { items(first: $n) { id name } }';
  expect((await edge.post(query)).errors[0]?.extensions.code).toBe('QUERY_TOO_COSTLY');
  expect((await edge.post(query, { n: 500 })).errors[0]?.extensions.code).toBe('QUERY_TOO_COSTLY');
  expect((await edge.post(query, { n: 5 })).status).toBe(200);
});

test('a negative size or a negative complexity does not pay for other fields', async () => {
  const negativeSize = '{ items(first: -1000) { id } item(id: 1) { dear } }';
  expect((await edge.post(negativeSize)).errors[0]?.extensions.code).toBe('QUERY_TOO_COSTLY');
  const negativeField = '{ item(id: 1) { negative dear } }';
  expect((await edge.post(negativeField)).errors[0]?.extensions.code).toBe('QUERY_TOO_COSTLY');
});

test('only the operation that is asked for is costed, but every operation is counted', async () => {
  const document = `query Cheap { hello } query Dear { item(id: 1) { dear } }`;
  expect((await edge.post(document, {}, 'Cheap')).status).toBe(200);
  expect((await edge.post(document, {}, 'Dear')).errors[0]?.extensions.code).toBe(
    'QUERY_TOO_COSTLY',
  );
  const deep = `query Cheap { hello } query Deep ${nested(9)}`;
  expect((await edge.post(deep, {}, 'Cheap')).errors[0]?.extensions.code).toBe('QUERY_TOO_DEEP');
});

test.each([
  [
    'a fragment that spreads itself',
    '{ item(id: 1) { ...A } } fragment A on Item { parent { ...A } }',
  ],
  [
    'fragments that spread each other',
    '{ item(id: 1) { ...A } } fragment A on Item { ...B id } fragment B on Item { ...A name }',
  ],
])('%s is refused by the validation, without a hang', async (_title, query) => {
  const started = performance.now();
  const { status, errors } = await edge.post(query);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(errors[0]?.message).toMatch(/Cannot spread fragment "A" within itself/);
});

describe('introspection under the default limits', () => {
  let open: Edge;
  beforeAll(async () => {
    open = await startEdge();
  });
  afterAll(() => open.server.close());

  test.each([
    ['GraphiQL, which asks for the plain query', {}],
    [
      'Sandbox and graphql-codegen, which ask for everything',
      {
        schemaDescription: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        inputValueDeprecation: true,
        oneOf: true,
      },
    ],
  ])('the standard query passes: %s', async (_tool, options) => {
    const { status, data, errors } = await open.post(getIntrospectionQuery(options));
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(Object.keys(data?.__schema as object)).toContain('types');
  });

  test('asking for the whole schema three times by aliases is refused', async () => {
    const standard = getIntrospectionQuery();
    const start = standard.indexOf('__schema {');
    const end = standard.indexOf('fragment FullType');
    const schemaField = standard.slice(start, standard.lastIndexOf('}', end)).trim();
    const times = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, index) => `s${index}: ${schemaField}`).join(' ')} } ${standard.slice(end)}`;
    expect((await open.post(times(2))).status).toBe(200);
    const { status, errors } = await open.post(times(3));
    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toBe('INTROSPECTION_TOO_COSTLY');
    expect(errors[0]?.extensions.details).toMatchObject({
      limit: expect.stringContaining('introspectionCostFactor') as string,
    });
  });
});
