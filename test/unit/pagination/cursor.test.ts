/** Cursors come back as they were made, for their own list alone. */
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../src/pagination/cursor';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });

it('gives back every key, to the last digit of its numbers', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(
        fc.oneof(
          text,
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
          fc.constant(null),
        ),
        { maxLength: 4 },
      ),
      (list, key) => {
        const cursor = encodeCursor(list, key);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(list, cursor)).toEqual(key.map((part) => (part === 0 ? 0 : part)));
      },
    ),
  );
});

it.each([
  ['of another list', encodeCursor('samples loss DESC', [3])],
  ['with an object for a key', Buffer.from('["samples loss ASC",{}]').toString('base64url')],
  ['that is no list', Buffer.from('{"length":1}').toString('base64url')],
  ['that is null', Buffer.from('null').toString('base64url')],
  ['that is not JSON', Buffer.from('samples loss ASC').toString('base64url')],
  ['of nothing', ''],
  ['of a stranger', '💥'],
  ['longer than any', encodeCursor('samples loss ASC', ['x'.repeat(2_000)])],
])('refuses a cursor %s', (_name, cursor) => {
  expect(() => decodeCursor('samples loss ASC', cursor)).toThrow(
    expect.objectContaining({ kind: 'user', code: 'INVALID_CURSOR' }) as Error,
  );
});

it('does not read on where anything may follow', () => {
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      try {
        decodeCursor('x', cursor);
        return Buffer.from(cursor, 'base64url').toString().includes('["x"');
      } catch (error) {
        return (error as { code?: string }).code === 'INVALID_CURSOR';
      }
    }),
  );
});
