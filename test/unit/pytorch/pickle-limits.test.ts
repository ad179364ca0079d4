/** Pickles that would eat memory or time: each runs into a limit, and soon. */
import { archive, codeOf, FOUR_ONES, refusalOf } from './files';
import { dict, get, join, op, type Part, pickle, put, raw, tensor, text } from './pickle-writer';

const ones = tensor({ shape: [4], strides: [1] });
const refused = (...parts: Part[]) => refusalOf(archive(pickle(...parts)));

describe('a pickle that eats memory or time', () => {
  const many = (count: number, ...bytes: number[]): Buffer =>
    Buffer.alloc(count * bytes.length, Buffer.from(bytes));
  const doubling = join(
    op('emptyList'),
    put(0),
    ...Array.from({ length: 60 }, (_, level) =>
      join(op('emptyList'), put(level + 1), get(level), op('append'), get(level), op('append')),
    ),
  );

  test.each([
    ['200,000 nested marks', many(200_000, 0x28), 'marks'],
    ['200,000 nested tuples', join(op('emptyTuple'), many(300_000, 0x85)), 'containers'],
    ['a million lists', many(1_000_000, 0x5d), 'stack'],
    ['dicts without end', many(300_000, 0x7d, 0x85), 'stack'],
    ['a million values', many(1_000_000, 0x4e), 'stack'],
    ['the same memo over and over', join(op('none'), many(2_100_000, 0x71, 0)), 'opcodes'],
    ['a memo without end', join(op('none'), many(1_100_000, 0x94)), 'memo'],
    ['empty frames without end', many(2_100_000, 0x95, 0, 0, 0, 0, 0, 0, 0, 0), 'opcodes'],
    ['a text of a megabyte', text('x'.repeat(2 ** 20)), 'string'],
    ['a text of 2^63 bytes', join(raw(0x8d), Buffer.alloc(7), raw(0x80)), 'string'],
    ['an integer of 255 bytes', join(raw(0x8a, 255), Buffer.alloc(255, 1)), 'integer'],
    ['a pickle of 33 MB', Buffer.alloc(33 * 2 ** 20, 0x4e), 'bytes'],
  ])('%s goes past a limit without hanging', (_name, part, limit) => {
    const started = performance.now();
    const refusal = refused(part);
    expect({ code: refusal.code, limit: refusal.details['limit'] }).toEqual({
      code: 'PYTORCH_PICKLE_LIMIT',
      limit,
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('lists that double 60 times through the memo stay as small as they are written', () => {
    const started = performance.now();
    expect(codeOf(archive(pickle(doubling)))).toBe('PYTORCH_PICKLE_INVALID');
    const whole = dict({ weight: ones, bomb: join(...[op('mark'), doubling, op('tuple')]) });
    expect(codeOf(archive(pickle(whole)))).toBe('PYTORCH_NOT_A_STATE_DICT');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('a dict that holds itself is no state dict', () => {
    const self = join(op('emptyDict'), put(0), text('state_dict'), get(0), op('setItem'));
    expect(refused(self).code).toBe('PYTORCH_NOT_A_STATE_DICT');
  });

  test('one tensor under 30,000 names is refused', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => join(text(String(index)), get(0)));
    const whole = join(
      op('emptyDict'),
      text('a'),
      ones,
      put(0),
      op('setItem'),
      op('mark'),
      ...names,
      op('setItems'),
    );
    expect(codeOf(archive(pickle(whole), { storages: { 0: FOUR_ONES } }))).toBe(
      'PYTORCH_TENSOR_LIMIT',
    );
  });
});
