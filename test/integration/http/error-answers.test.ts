/** What a caller reads when something goes wrong, over HTTP. */
import { type Edge, startEdge } from './edge';
import { SECRETS } from './edge-schema';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.server.close());

test('answers a query', async () => {
  const { status, data, errors } = await edge.post('{ hello }');
  expect({ status, data, errors }).toEqual({
    status: 200,
    data: { hello: 'hello world' },
    errors: [],
  });
});

test('an error in the input keeps its code, message, kind, details and path', async () => {
  const { status, data, errors } = await edge.post('{ userFailure }');
  expect(status).toBe(200);
  expect(data).toEqual({ userFailure: null });
  expect(errors).toEqual([
    {
      message: 'There is no such thing.',
      locations: [{ line: 1, column: 3 }],
      path: ['userFailure'],
      extensions: { code: 'THING_UNKNOWN', kind: 'user', details: { thing: 'x' } },
    },
  ]);
});

test('an error of the surroundings keeps its code, and never shows its cause', async () => {
  const { errors, text } = await edge.post('{ operationalFailure }');
  expect(errors[0]?.extensions).toEqual({ code: 'DISK_FULL', kind: 'operational' });
  expect(text).not.toContain(SECRETS.path);
});

test.each(['bug', 'thrownString', 'uncodedGraphQLError', 'badEnum'])(
  'the field %s fails by a bug: it answers an id, and the log has the error under that id',
  async (field) => {
    const { errors, text } = await edge.post(`{ ${field} }`);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toBe('internal error');
    expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    const errorId = errors[0]?.extensions.errorId;
    expect(errorId).toMatch(/^[0-9a-f-]{36}$/);
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    expect(text).not.toContain('stack');

    const line = edge.logLines.find((candidate) => candidate.errorId === errorId);
    expect(line).toMatchObject({ level: 50, path: [field] });
    expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(line)).toMatch(/select password|private\/file/);
  },
);

test('a null where the schema promises a value is a bug too', async () => {
  const { data, errors, text } = await edge.post('{ nullInNonNull }');
  expect(data).toBeNull();
  expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  expect(text).not.toContain('non-nullable');
});

test('a document that does not parse answers 400 and GRAPHQL_PARSE_FAILED', async () => {
  const { status, errors } = await edge.post('{ hello');
  expect(status).toBe(400);
  expect(errors).toHaveLength(1);
  expect(errors[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
  expect(errors[0]?.message).toContain('Syntax Error');
});

test('a document that does not fit the schema answers all its errors as GRAPHQL_VALIDATION_FAILED', async () => {
  const { status, errors } = await edge.post('{ helo item(id: 1) { id nme } }');
  expect(status).toBe(400);
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
  ]);
  expect(errors[0]?.message).toContain('Did you mean "hello"?');
});

test('a variable of the wrong type answers 400 and BAD_USER_INPUT, not 500', async () => {
  const query = 'query Q($first: Int!) { items(first: $first) { id } }';
  for (const variables of [{ first: 'many' }, {}, { first: null }, undefined]) {
    const { status, errors } = await edge.post(query, variables);
    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toContain('$first');
  }
});

test('a very long wrong value is not sent back in full', async () => {
  const query = 'query Q($first: Int!) { items(first: $first) { id } }';
  const { status, text } = await edge.post(query, { first: 'x'.repeat(500_000) });
  expect(status).toBe(400);
  expect(text.length).toBeLessThan(2_000);
});

test('an argument that only its variable makes wrong answers 400 and BAD_USER_INPUT', async () => {
  // Valid by the rules, for the argument has a default; null is refused only when it is there.
  const query = 'query Q($first: Int = 1) { item(id: 1) { children(first: $first) { id } } }';
  const { status, errors } = await edge.post(query, { first: null });
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('input that class-validator refuses answers each field with its path, without the values', async () => {
  const query = 'mutation M($input: ItemInput!) { createItem(input: $input) }';
  const input = { name: 'zq', parts: [{ count: 5 }, { count: 4711 }] };
  const { data, errors, text } = await edge.post(query, { input });
  expect(data).toBeNull();
  expect(errors).toHaveLength(1);
  expect(errors[0]?.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    kind: 'user',
    fields: [
      { path: 'name', message: 'name must be longer than or equal to 3 characters' },
      { path: 'parts.1.count', message: 'count must not be greater than 9' },
    ],
  });
  expect(errors[0]?.message).toContain('name must be longer');
  expect(text).not.toContain('4711');
  expect(text).not.toContain('target');
});

test('several operations without a name to choose by answer OPERATION_RESOLUTION_FAILURE', async () => {
  const document = 'query A { hello } query B { hello }';
  const unnamed = await edge.post(document);
  expect(unnamed.status).toBe(400);
  expect(unnamed.errors[0]?.extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
  expect(unnamed.errors[0]?.message).toContain('A, B');
  const unknown = await edge.post(document, {}, 'C');
  expect(unknown.errors[0]?.extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
  expect((await edge.post(document, {}, 'B')).data).toEqual({ hello: 'hello world' });
});

test('a subscription over HTTP is told to use WebSocket', async () => {
  const { status, errors } = await edge.post('subscription { ticks }');
  expect(status).toBe(400);
  expect(errors[0]?.extensions.code).toBe('SUBSCRIPTION_NEEDS_WEBSOCKET');
});

test('a context that can not be made is a bug and shows nothing', async () => {
  const broken = await startEdge(
    {},
    { createContext: () => Promise.reject(new Error(SECRETS.sql)) },
  );
  try {
    const { status, errors, text } = await broken.post('{ hello }');
    expect(status).toBe(500);
    expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(text).not.toContain('select');
  } finally {
    await broken.server.close();
  }
});
