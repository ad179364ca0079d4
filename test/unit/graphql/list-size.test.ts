import { UserError } from '../../../src/errors';
import { checkListSize } from '../../../src/graphql/limits/list-size';

const RULE = { argument: 'first', max: 100, fallback: 20 };

test('a size in range is taken, a missing one replaced', () => {
  expect(checkListSize(1, RULE)).toBe(1);
  expect(checkListSize(100, RULE)).toBe(100);
  expect(checkListSize(undefined, RULE)).toBe(20);
  expect(checkListSize(null, { argument: 'first', max: 100 })).toBe(100);
});

test('a size over the limit is refused with the limit and what was found', () => {
  const attempt = (): number => checkListSize(101, RULE);
  expect(attempt).toThrow(UserError);
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 'LIST_TOO_LONG',
      details: { limit: 'first', max: 100, found: 101 },
    }) as Error,
  );
});

test.each([0, -1, 1.5, Number.NaN])('the size %d is no size', (size) => {
  expect(() => checkListSize(size, RULE)).toThrow(
    expect.objectContaining({ code: 'LIST_SIZE_INVALID' }) as Error,
  );
});
