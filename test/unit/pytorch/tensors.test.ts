/** Tensors that say more than their storages hold, and how far views may grow. */
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import { archive, codeOf, FOUR_ONES, refusalOf } from './files';
import {
  call,
  dict,
  global,
  int,
  join,
  op,
  orderedDict,
  pickle,
  storage,
  tensor,
  type TensorOptions,
  text,
  tuple,
} from './pickle-writer';

function fileOf(options: TensorOptions, data: Uint8Array = FOUR_ONES): Buffer {
  return archive(pickle(dict({ weight: tensor(options) })), { storages: { 0: data } });
}

describe('a tensor that does not fit its storage', () => {
  const HUGE = 2n ** 62n;
  test.each<[string, TensorOptions]>([
    ['one element too many', { shape: [5], strides: [1] }],
    ['an offset that pushes it out', { shape: [4], strides: [1], offset: 1 }],
    ['a stride that leads out', { shape: [2, 2], strides: [3, 1] }],
    ['a storage that says more than it holds', { elements: 5, shape: [5], strides: [1] }],
    ['a storage that says less than it holds', { elements: 3, shape: [3], strides: [1] }],
    ['a storage of another dtype', { type: 'DoubleStorage', shape: [4], strides: [1] }],
    ['a storage that is not there', { key: '7', shape: [4], strides: [1] }],
    ['a negative size', { shape: [-1], strides: [1] }],
    ['two negative sizes', { shape: [-2, -2], strides: [1, 1] }],
    ['a negative stride', { shape: [2], strides: [-1], offset: 3 }],
    ['a negative offset', { shape: [2], strides: [1], offset: -1 }],
    ['a negative storage', { elements: -4, shape: [4], strides: [1] }],
    ['a size of 2^62', { shape: [HUGE], strides: [1] }],
    ['sizes whose product overflows 64 bits to 4', { shape: [HUGE + 1n, 4], strides: [0, 1] }],
    ['sizes whose product overflows 2^53', { shape: [2 ** 30, 2 ** 30], strides: [0, 0] }],
    [
      'an overflow beside a size of zero',
      { shape: [...Array<number>(40).fill(2 ** 30), 0], strides: Array<number>(41).fill(0) },
    ],
    ['a stride of 2^62', { shape: [2], strides: [HUGE] }],
    ['a stride that overflows 64 bits to 0', { shape: [5], strides: [HUGE] }],
    ['an offset of 2^62', { shape: [1], strides: [1], offset: HUGE }],
    ['fewer strides than sizes', { shape: [2, 2], strides: [1] }],
    ['more strides than sizes', { shape: [4], strides: [1, 1] }],
    ['65 dimensions', { shape: Array<number>(65).fill(1), strides: Array<number>(65).fill(1) }],
    ['a storage of 2^62 elements', { elements: HUGE, shape: [4], strides: [1] }],
  ])('%s is refused', (_name, options) => {
    expect(codeOf(fileOf(options))).toBe('PYTORCH_TENSOR_BOUNDS');
  });

  test('a size that is no integer is refused', () => {
    const half = Buffer.concat([Buffer.of(0x47), Buffer.from('3ff8000000000000', 'hex')]);
    const bad = call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage({}),
      int(0),
      tuple(half),
      tuple(int(1)),
      op('false'),
      orderedDict(),
    );
    expect(codeOf(archive(pickle(dict({ weight: bad }))))).toBe('PYTORCH_TENSOR_BOUNDS');
    const word = call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage({}),
      int(0),
      text('4'),
      text('1'),
      op('false'),
      orderedDict(),
    );
    expect(codeOf(archive(pickle(dict({ weight: word }))))).toBe('PYTORCH_PICKLE_INVALID');
  });

  test('a negated view is refused with what to do', () => {
    const negated = call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage({}),
      int(0),
      tuple(int(4)),
      tuple(int(1)),
      op('false'),
      orderedDict(),
      dict({ neg: op('true') }),
    );
    const refusal = refusalOf(archive(pickle(dict({ weight: negated }))));
    expect(refusal.code).toBe('PYTORCH_DTYPE');
    expect(refusal.message).toContain('resolve_neg');
  });
});

describe('a tensor larger than its file', () => {
  test('an expanded number of a few megabytes is read', () => {
    const read = readPytorchStateDict(fileOf({ shape: [1000, 1000], strides: [0, 0] }));
    expect(read.get('weight')?.values.length).toBe(1_000_000);
    expect(read.get('weight')?.values.every((value) => value === 1)).toBe(true);
  });

  test.each<[string, number[]]>([
    ['32 MB', [8 * 2 ** 20]],
    ['2^52 numbers', [2 ** 26, 2 ** 26]],
  ])('one of %s is refused before memory is taken', (_name, shape) => {
    const started = performance.now();
    const before = process.memoryUsage().arrayBuffers;
    const refusal = refusalOf(fileOf({ shape, strides: shape.map(() => 0) }));
    expect(refusal.code).toBe('PYTORCH_TENSOR_LIMIT');
    expect(refusal.message).toContain('contiguous()');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('the allowance is shared by all tensors of a file', () => {
    const one = tensor({ shape: [2 ** 20], strides: [0] });
    const names = Array.from({ length: 20 }, (_, index) => [`t${index}`, one] as const);
    expect(codeOf(archive(pickle(dict(Object.fromEntries(names)))))).toBe('PYTORCH_TENSOR_LIMIT');
  });
});

describe('names', () => {
  const ones = tensor({ shape: [4], strides: [1] });
  const namesOf = (items: Record<string, Uint8Array>): string[] => [
    ...readPytorchStateDict(archive(pickle(dict(items)))).keys(),
  ];

  test('module. is taken off once, and only where all have it', () => {
    expect(namesOf({ 'module.a': ones, 'module.module.b': ones })).toEqual(['a', 'module.b']);
    expect(namesOf({ 'module.a': ones, b: ones })).toEqual(['module.a', 'b']);
    expect(namesOf({ 'module.a': ones, 'module.': ones })).toEqual(['module.a', 'module.']);
  });

  test('names that mean something to JavaScript are names like others', () => {
    expect(namesOf({ constructor: ones, ['__proto__']: ones, toString: ones })).toContain(
      'constructor',
    );
    const proto = pickle(join(op('emptyDict'), text('__proto__'), ones, op('setItem')));
    expect([...readPytorchStateDict(archive(proto)).keys()]).toEqual(['__proto__']);
  });

  test('a tensor named model is no wrapper', () => {
    expect(namesOf({ model: ones, state_dict: ones })).toEqual(['model', 'state_dict']);
  });

  test('a name of 600 characters is refused', () => {
    expect(codeOf(archive(pickle(dict({ ['x'.repeat(600)]: ones }))))).toBe(
      'PYTORCH_NOT_A_STATE_DICT',
    );
  });
});
