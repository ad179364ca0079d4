/** Protobuf messages as trees that can be written back with lies in them: lengths, wire types, long varints. */

export type Wire = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface ProtoField {
  number: number;
  wire: Wire;
  value: bigint | Buffer | ProtoField[];
  /** Written instead of the real length. */
  saidLength?: bigint;
  /** Bytes of continuation that a varint does not need. */
  padding?: number;
}

/** Which fields of a message are messages themselves, and of which kind. */
export type ProtoSchema<Kind extends string> = Readonly<
  Record<Kind, Readonly<Record<number, Kind>>>
>;

/** @param bytes a sound message: only such are taken apart */
export function parseMessage<Kind extends string>(
  bytes: Buffer,
  kind: Kind,
  schema: ProtoSchema<Kind>,
): ProtoField[] {
  const fields: ProtoField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, wire] = [tag >> 3, (tag & 7) as Wire];
    const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4;
    if (wire === 0) {
      fields.push({ number, wire, value: varint() });
      continue;
    }
    const body = bytes.subarray(at, at + length);
    at += length;
    const child = wire === 2 ? schema[kind][number] : undefined;
    const value = child === undefined ? body : parseMessage(body, child, schema);
    fields.push({ number, wire, value });
  }
  return fields;
}

export function writeMessage(fields: readonly ProtoField[]): Buffer {
  return Buffer.concat(fields.map(writeField));
}

function writeField({ number, wire, value, saidLength, padding = 0 }: ProtoField): Buffer {
  const tag = writeVarint(BigInt(number) * 8n + BigInt(wire));
  if (typeof value === 'bigint') {
    // A number under another wire type has its eight or four bytes, or is a length without what it measures.
    const fixed = Buffer.alloc(8);
    fixed.writeBigInt64LE(BigInt.asIntN(64, value));
    const bytes = wire === 1 ? fixed : wire === 5 ? fixed.subarray(0, 4) : undefined;
    return Buffer.concat([tag, bytes ?? writeVarint(value, padding)]);
  }
  const body = Buffer.isBuffer(value) ? value : writeMessage(value);
  if (wire !== 2) return Buffer.concat([tag, body]);
  return Buffer.concat([tag, writeVarint(saidLength ?? BigInt(body.length), padding), body]);
}

/** A negative number takes ten bytes, as in protobuf's int64. */
export function writeVarint(value: bigint, padding = 0): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n);
  for (let i = 0; i < padding; i++) bytes.push(0x80);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) & 0x7f;
  return Buffer.from(bytes);
}

/** All messages of a tree, the root first. */
export function messagesIn(fields: ProtoField[]): ProtoField[][] {
  const below = fields.flatMap(({ value }) => (Array.isArray(value) ? messagesIn(value) : []));
  return [fields, ...below];
}
