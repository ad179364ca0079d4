/** What a page's arguments may be, what cursors survive, and what a page says of its neighbours. */
import { AssayError } from '../../../src/errors';
import { connectionOf, costOfConnection } from '../../../src/pagination/connection';
import { decodeCursor, encodeCursor, isIndex, isUuid } from '../../../src/pagination/cursor';
import { keysetSql } from '../../../src/pagination/keyset';
import { keysetCursor, type KeysetOrder } from '../../../src/pagination/keyset-order';
import { pageOf } from '../../../src/pagination/page';
import { SqlParameters } from '../../../src/pagination/sql-parameters';

const ID = '0b5b7a3e-6a55-4d0a-9b59-6f4f6f6f6f6f';

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof AssayError) return error.code;
    throw error;
  }
}

const encoded = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');

describe('a cursor', () => {
  it.each([0, -0.1, 1 / 3, Number.MIN_VALUE, Number.MAX_VALUE, 1_900_000_000_123_457, null])(
    'keeps the value %p and its id to the last bit',
    (value) => {
      const cursor = encodeCursor('LOSS DESC', { value, id: ID });
      expect(decodeCursor(cursor, 'LOSS DESC', isUuid)).toEqual({ value, id: ID });
      const ofIndex = encodeCursor('MARGIN ASC', { value, id: 7 });
      expect(decodeCursor(ofIndex, 'MARGIN ASC', isIndex)).toEqual({ value, id: 7 });
    },
  );

  it.each([
    '',
    'x',
    '💥',
    'null',
    encoded(null),
    encoded({ value: 1 }),
    encoded([]),
    encoded(['LOSS DESC', 1]),
    encoded(['LOSS DESC', '1', ID]),
    encoded(['LOSS DESC', 1, 'x']),
    encoded(['LOSS DESC', 1, `${ID}'`]),
    encoded(['LOSS DESC', 1, 5]),
    encoded(['LOSS DESC', 1, ID, 1]),
    encoded(['LOSS ASC', 1, ID]),
    encoded([['LOSS DESC'], 1, ID]),
    Buffer.from('["LOSS DESC",1e999,"x"]').toString('base64url'),
  ])('is refused as %j', (cursor) => {
    expect(codeOf(() => decodeCursor(cursor, 'LOSS DESC', isUuid))).toBe('INVALID_CURSOR');
  });

  it('of a time is refused where it is none, of a column that is never null where it has null', () => {
    const order: KeysetOrder = {
      name: 'CREATED_AT',
      column: 'created_at',
      kind: 'time',
      nullable: false,
      descending: true,
      idColumn: 'id',
    };
    const statement = (value: number | null) => {
      const page = { size: 1, backward: false, after: keysetCursor(order, { value, id: ID }) };
      return codeOf(() => keysetSql(order, page, { from: 't', where: [] }, new SqlParameters()));
    };
    expect(statement(1_900_000_000_123_457)).toBeUndefined();
    for (const bad of [null, -1, 0.5, 1e300]) expect(statement(bad)).toBe('INVALID_CURSOR');
  });
});

describe('the arguments of a page', () => {
  it.each([
    [{}, { size: 20, backward: false }],
    [
      { first: null, after: null, last: null, before: null },
      { size: 20, backward: false },
    ],
    [
      { first: 3, after: 'a' },
      { size: 3, backward: false, after: 'a' },
    ],
    [
      { last: 4, before: 'b', after: 'a' },
      { size: 4, backward: true, after: 'a', before: 'b' },
    ],
  ])('%j ask for %j', (args, page) => {
    expect(pageOf(args)).toEqual(page);
  });

  it('are refused with both ends', () => {
    expect(codeOf(() => pageOf({ first: 1, last: 1 }))).toBe('PAGE_AMBIGUOUS');
  });

  it('say what the page costs', () => {
    const costs = [{}, { first: 5 }, { last: 7 }, { first: -3 }, { first: null }].map((args) =>
      costOfConnection({ args, childComplexity: 2 }),
    );
    expect(costs).toEqual([41, 11, 15, 3, 41]);
  });
});

describe('a connection', () => {
  const names = (found: string[], page: Parameters<typeof connectionOf>[1]) => {
    const { nodes, pageInfo, edges } = connectionOf(found, page, (item) => `cursor of ${item}`);
    expect(edges.map(({ node }) => node)).toEqual(nodes);
    return [nodes, pageInfo];
  };

  it('leaves out the item that only shows that there is more', () => {
    expect(names(['a', 'b', 'c'], { size: 2, backward: false })).toEqual([
      ['a', 'b'],
      {
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: 'cursor of a',
        endCursor: 'cursor of b',
      },
    ]);
  });

  it('keeps the order of the list when it is read from the end', () => {
    expect(names(['c', 'b', 'a'], { size: 2, backward: true, before: 'd' })).toEqual([
      ['b', 'c'],
      {
        hasNextPage: true,
        hasPreviousPage: true,
        startCursor: 'cursor of b',
        endCursor: 'cursor of c',
      },
    ]);
  });

  it('may be empty', () => {
    expect(names([], { size: 2, backward: false, after: 'z' })).toEqual([
      [],
      { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    ]);
  });
});
