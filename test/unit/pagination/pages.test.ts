/** What a page's arguments may be, which cursors it takes, and what it says of its neighbours. */
import { AssayError } from '../../../src/errors';
import { connectionOf, costOfConnection } from '../../../src/pagination/connection';
import { encodeCursor } from '../../../src/pagination/cursor';
import { type KeysetOrder, keysetCursor, keysetSql } from '../../../src/pagination/keyset';
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

describe('the cursor of a row', () => {
  const order = (more: Partial<KeysetOrder> = {}): KeysetOrder => ({
    name: 'createdAt',
    column: 'created_at',
    kind: 'time',
    nullable: false,
    descending: true,
    idColumn: 'id',
    ...more,
  });
  const refusal = (of: KeysetOrder, cursor: string) =>
    codeOf(() =>
      keysetSql(
        of,
        { size: 1, backward: false, after: cursor },
        { from: 't', where: [] },
        new SqlParameters(),
      ),
    );

  it('is good for its order and direction alone', () => {
    const cursor = keysetCursor(order(), { value: 1_900_000_000_123_457, id: ID });
    expect(refusal(order(), cursor)).toBeUndefined();
    expect(refusal(order({ descending: false }), cursor)).toBe('INVALID_CURSOR');
    expect(refusal(order({ name: 'loss', kind: 'number' }), cursor)).toBe('INVALID_CURSOR');
  });

  it.each([null, -1, 0.5, 1e300])('of a time is refused with %p', (value) => {
    expect(refusal(order(), keysetCursor(order(), { value, id: ID }))).toBe('INVALID_CURSOR');
  });

  it('may have no value only where the column may', () => {
    const nullable = order({ kind: 'number', nullable: true });
    const cursor = keysetCursor(nullable, { value: null, id: ID });
    expect(refusal(nullable, cursor)).toBeUndefined();
    expect(refusal(order({ kind: 'number' }), cursor)).toBe('INVALID_CURSOR');
  });

  it.each([['x'], [`${ID}'`], [5], [null], ['']])('is refused with the id %p', (id) => {
    const cursor = encodeCursor('createdAt DESC', [1, id]);
    expect(refusal(order(), cursor)).toBe('INVALID_CURSOR');
  });

  it.each([[[1]], [[]], [[1, ID, 1]], [['1', ID]], [[ID, 1]]])('is refused as %j', (key) => {
    expect(refusal(order(), encodeCursor('createdAt DESC', key))).toBe('INVALID_CURSOR');
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
