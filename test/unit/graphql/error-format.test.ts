import { ValidationError } from 'class-validator';
import { GraphQLError, parse } from 'graphql';
import { ArgumentValidationError, AuthorizationError } from 'type-graphql';
import { UserError } from '../../../src/errors';
import { formatGraphQLError } from '../../../src/graphql/error-format';

const SECRET = 'password=hunter2';
let logged: unknown[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (line: unknown) => logged.push(line),
};
beforeEach(() => {
  logged = [];
});
const format = (error: unknown) => formatGraphQLError(error, log);
/** As graphql-js wraps what a resolver throws. */
const located = (originalError: Error): GraphQLError =>
  new GraphQLError(originalError.message, { path: ['field'], originalError });
const [node] = parse('{ field }').definitions;

test('an error of the house is found below any number of wrappings', () => {
  const error = located(located(new UserError('SOME_CODE', 'Do this.', { details: { a: 1 } })));
  expect(format(error)).toEqual({
    message: 'Do this.',
    path: ['field'],
    extensions: { code: 'SOME_CODE', kind: 'user', details: { a: 1 } },
  });
  expect(logged).toEqual([]);
});

test('a database that is away is no bug, and its words stay here', () => {
  const gone = Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' });
  expect(format(located(gone))).toEqual({
    message: expect.stringMatching(/Try again/) as string,
    path: ['field'],
    extensions: { code: 'DATABASE_UNREACHABLE', kind: 'operational' },
  });
  expect(logged).toEqual([]);
});

test.each<[string, unknown]>([
  ['an Error', new Error(SECRET)],
  ['an Error of a resolver', located(new Error(SECRET))],
  ['an Error with a code of its own', located(Object.assign(new Error(SECRET), { code: '23505' }))],
  [
    'an Error that poses as ours',
    located(Object.assign(new Error(SECRET), { extensions: { code: 'X', sql: SECRET } })),
  ],
  ['a string', SECRET],
  ['undefined', undefined],
  ['a GraphQLError that carries no code', located(new GraphQLError(SECRET))],
  [
    'a GraphQLError that says it is internal',
    new GraphQLError(SECRET, { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
  ],
  [
    'a validator that threw instead of reporting',
    located(new ArgumentValidationError(new Error(SECRET) as never)),
  ],
])(
  '%s is a bug: logged under the id that the caller reads, and nothing else is told',
  (_what, error) => {
    const { message, extensions } = format(error);
    expect(message).toBe('internal error');
    expect(extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(logged).toEqual([expect.objectContaining({ errorId: extensions?.errorId })]);
  },
);

test('a deliberate GraphQLError keeps its code and loses its other extensions', () => {
  const refusal = located(new AuthorizationError('not for you'));
  expect(format(refusal).extensions).toEqual({ code: 'UNAUTHORIZED', kind: 'user' });
  const wordy = new GraphQLError('no', { extensions: { code: 'NO', stacktrace: [SECRET] } });
  expect(JSON.stringify(format(wordy))).not.toContain(SECRET);
});

test('an error about the request speaks for itself, whatever a scalar threw below it', () => {
  const error = new GraphQLError('Variable "$a" got invalid value 1', {
    ...(node ? { nodes: node } : {}),
    originalError: new TypeError(SECRET),
    extensions: { code: 'BAD_USER_INPUT' },
  });
  expect(format(error)).toMatchObject({
    message: 'Variable "$a" got invalid value 1',
    locations: [{ line: 1, column: 1 }],
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

test('fields are told by path from inside the argument, values and targets are not', () => {
  const child = Object.assign(new ValidationError(), {
    property: 'metric',
    value: SECRET,
    target: { metric: SECRET },
    constraints: { isIn: 'metric must be one of a, b', isString: 'metric must be a string' },
  });
  const item = Object.assign(new ValidationError(), { property: '1', children: [child] });
  const root = Object.assign(new ValidationError(), { property: 'thresholds', children: [item] });
  const unknown = Object.assign(new ValidationError(), {
    constraints: { unknownValue: 'an unknown value was passed' },
  });
  const answer = format(located(new ArgumentValidationError([root, unknown])));
  expect(answer.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    kind: 'user',
    fields: [
      { path: 'thresholds.1.metric', message: 'metric must be one of a, b' },
      { path: 'thresholds.1.metric', message: 'metric must be a string' },
      { path: '', message: 'an unknown value was passed' },
    ],
  });
  expect(JSON.stringify(answer)).not.toContain(SECRET);
});

test('messages are cut at a length that no caller can stretch', () => {
  const error = new UserError('CODE', 'x'.repeat(5_000));
  expect(format(error).message).toHaveLength(1_001);
});
