/** Walks protobuf messages field by field, within a budget, without copying. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Thrown for bytes that are no protobuf message of the expected fields. */
export class MalformedProtobuf extends Error {}

/** Real models have some ten thousand fields; without a limit, a file of 2-byte fields would block for minutes. */
const MAX_FIELDS = 2_000_000;
/** Nested graphs (If, Loop): real ones go two or three deep, at six messages a level. */
const MAX_DEPTH = 48;

/** What a whole file may still spend. */
export class FieldBudget {
  private fields = MAX_FIELDS;
  private depth = 0;

  spend(): void {
    if (--this.fields < 0) throw new MalformedProtobuf(`more than ${MAX_FIELDS} fields`);
  }

  nested<T>(read: () => T): T {
    if (this.depth >= MAX_DEPTH) throw new MalformedProtobuf('messages are nested too deeply');
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }
}

/** One field: read it by one of the methods, or leave it and it is skipped. */
export class Field {
  used = false;

  constructor(
    readonly number: number,
    private readonly wire: WireType,
    private readonly reader: BinaryReader,
  ) {}

  /** A string, bytes, message or packed list: a view, no copy. */
  bytes(): Uint8Array {
    this.expect(WireType.LengthDelimited);
    return this.reader.bytes();
  }

  string(): string {
    return new TextDecoder('utf-8').decode(this.bytes());
  }

  int(): number {
    this.expect(WireType.Varint);
    return toNumber(this.reader.int64());
  }

  float(): number {
    this.expect(WireType.Bit32);
    return this.reader.float();
  }

  /** Integers, packed or one a field. */
  ints(budget: FieldBudget): number[] {
    if (this.wire !== WireType.LengthDelimited) return [this.int()];
    const packed = new BinaryReader(this.bytes());
    const values: number[] = [];
    while (packed.pos < packed.len) {
      budget.spend();
      values.push(toNumber(packed.int64()));
    }
    return values;
  }

  private expect(wire: WireType): void {
    if (this.wire !== wire) {
      throw new MalformedProtobuf(`field ${this.number} has the wire type ${this.wire}`);
    }
    this.used = true;
  }
}

/**
 * Calls `visit` for each field in order.
 *
 * @throws MalformedProtobuf, or what the wire reader throws where the bytes end early
 */
export function eachField(
  message: Uint8Array,
  budget: FieldBudget,
  visit: (field: Field) => void,
): void {
  budget.nested(() => {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      budget.spend();
      check32Bits(message, reader.pos);
      const [number, wire] = reader.tag();
      if (wire === WireType.LengthDelimited) check32Bits(message, reader.pos);
      const field = new Field(number, wire, reader);
      visit(field);
      if (!field.used) skip(reader, wire, number);
    }
  });
}

/** Tags and lengths that are longer, the wire reader cuts off where other readers refuse the file. */
function check32Bits(message: Uint8Array, at: number): void {
  for (let i = 0; i < 5; i++) {
    const byte = message[at + i] ?? 0;
    if (byte < 0x80 && (i < 4 || byte < 0x10)) return;
  }
  throw new MalformedProtobuf('a tag or a length has more than 32 bits');
}

function skip(reader: BinaryReader, wire: WireType, number: number): void {
  if (wire === WireType.StartGroup || wire === WireType.EndGroup) {
    throw new MalformedProtobuf(`field ${number} is a group, which ONNX does not have`);
  }
  // Read, for the wire reader skips numbers of any length.
  if (wire === WireType.Varint) reader.int64();
  else reader.skip(wire, number);
}

function toNumber(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new MalformedProtobuf('an integer is out of range');
  return number;
}
