/** Writes the few opcodes of Python's pickle protocol 2 that a state dict needs. Source: CPython, Lib/pickle.py. */

const OP = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  global: 0x63,
  reduce: 0x52,
  emptyTuple: 0x29,
  tuple: 0x74,
  setItems: 0x75,
  binUnicode: 0x58,
  binInt: 0x4a,
  binInt1: 0x4b,
  binInt2: 0x4d,
  long1: 0x8a,
  newFalse: 0x89,
  binPersId: 0x51,
  binPut: 0x71,
  binGet: 0x68,
} as const;

const PROTOCOL = 2;
/** A short memo index has one byte; only what occurs for every tensor is remembered. */
const MAX_MEMO = 256;

type PlainOp = 'mark' | 'reduce' | 'emptyTuple' | 'tuple' | 'setItems' | 'newFalse' | 'binPersId';

export class PickleWriter {
  private readonly parts: Uint8Array[] = [Uint8Array.of(OP.proto, PROTOCOL)];
  private readonly memo = new Map<string, number>();

  op(name: PlainOp): this {
    return this.bytes(OP[name]);
  }

  /** A class or function by its name; written once, then referred to. */
  global(module: string, name: string): this {
    return this.once(`${module} ${name}`, () => {
      this.bytes(OP.global).add(Buffer.from(`${module}\n${name}\n`, 'ascii'));
    });
  }

  /** A text that occurs again and again. */
  word(text: string): this {
    return this.once(text, () => this.text(text));
  }

  text(text: string): this {
    const utf8 = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(utf8.byteLength);
    return this.bytes(OP.binUnicode).add(length).add(utf8);
  }

  /** A safe integer that is not negative. */
  count(value: number): this {
    if (value <= 0xff) return this.bytes(OP.binInt1, value);
    if (value <= 0xffff) return this.bytes(OP.binInt2, value & 0xff, value >> 8);
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    // BININT is signed; beyond it, a long of eight bytes.
    if (value <= 0x7fffffff) return this.bytes(OP.binInt).add(bytes.subarray(0, 4));
    return this.bytes(OP.long1, bytes.length).add(bytes);
  }

  counts(values: readonly number[]): this {
    this.op('mark');
    for (const value of values) this.count(value);
    return this.op('tuple');
  }

  end(): Uint8Array {
    this.bytes(OP.stop);
    return Buffer.concat(this.parts);
  }

  private once(key: string, write: () => void): this {
    const known = this.memo.get(key);
    if (known !== undefined) return this.bytes(OP.binGet, known);
    write();
    const index = this.memo.size;
    if (index >= MAX_MEMO) throw new RangeError('too many texts and names are remembered');
    this.memo.set(key, index);
    return this.bytes(OP.binPut, index);
  }

  private bytes(...bytes: number[]): this {
    return this.add(Uint8Array.from(bytes));
  }

  private add(part: Uint8Array): this {
    this.parts.push(part);
    return this;
  }
}
