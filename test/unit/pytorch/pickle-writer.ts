/** Writes pickles opcode by opcode, so that a test can say what no pickler would. */

const OP = {
  mark: 0x28,
  stop: 0x2e,
  none: 0x4e,
  true: 0x88,
  false: 0x89,
  tuple: 0x74,
  emptyTuple: 0x29,
  emptyList: 0x5d,
  append: 0x61,
  appends: 0x65,
  emptyDict: 0x7d,
  setItem: 0x73,
  setItems: 0x75,
  reduce: 0x52,
  build: 0x62,
  persistentId: 0x51,
  newObject: 0x81,
  stackGlobal: 0x93,
} as const;

export type Part = Uint8Array;

export const op = (name: keyof typeof OP): Part => Uint8Array.of(OP[name]);
export const raw = (...bytes: number[]): Part => Uint8Array.from(bytes);

export function join(...parts: readonly Part[]): Buffer {
  return Buffer.concat(parts);
}

export function pickle(...parts: readonly Part[]): Buffer {
  return join(raw(0x80, 2), ...parts, op('stop'));
}

export function text(value: string): Part {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return join(raw(0x58), length, bytes);
}

/** LONG1, whatever the size. */
export function int(value: number | bigint, bytes = 8): Part {
  const digits = Buffer.alloc(bytes);
  let rest = BigInt.asUintN(bytes * 8, BigInt(value));
  for (let index = 0; index < bytes; index++) {
    digits[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return join(raw(0x8a, bytes), digits);
}

export const put = (index: number): Part => raw(0x71, index);
export const get = (index: number): Part => raw(0x68, index);

export function global(module: string, name: string): Part {
  return join(raw(0x63), Buffer.from(`${module}\n${name}\n`));
}

export function tuple(...items: readonly Part[]): Part {
  return join(op('mark'), ...items, op('tuple'));
}

export function call(callee: Part, ...args: readonly Part[]): Part {
  return join(callee, tuple(...args), op('reduce'));
}

export function dict(items: Readonly<Record<string, Part>>): Part {
  const pairs = Object.entries(items).map(([key, value]) => join(text(key), value));
  return join(op('emptyDict'), op('mark'), ...pairs, op('setItems'));
}

export interface TensorOptions {
  type?: string;
  key?: string;
  elements?: number | bigint;
  offset?: number | bigint;
  shape: readonly (number | bigint)[];
  strides: readonly (number | bigint)[];
}

export const orderedDict = (): Part => call(global('collections', 'OrderedDict'));

export function storage({
  type = 'FloatStorage',
  key = '0',
  elements = 4,
}: Partial<TensorOptions>): Part {
  return join(
    tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(elements)),
    op('persistentId'),
  );
}

export function tensor(options: TensorOptions): Part {
  const ints = (values: readonly (number | bigint)[]): Part =>
    tuple(...values.map((value) => int(value)));
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage(options),
    int(options.offset ?? 0),
    ints(options.shape),
    ints(options.strides),
    op('false'),
    orderedDict(),
  );
}
