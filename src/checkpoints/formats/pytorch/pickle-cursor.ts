/** Walks over a pickle's bytes; whatever would read past the end is refused. */
import { limitExceeded, PICKLE_LIMITS } from './pickle-limits';
import { FETCH_AGAIN, pytorchError } from './pytorch-error';
import { viewOf } from './zip-fields';

export function pickleInvalid(found: string): Error {
  return pytorchError('PYTORCH_PICKLE_INVALID', `its pickle is invalid: ${found}`, FETCH_AGAIN);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NEWLINE = 0x0a;
const INTEGER = new Uint8Array(PICKLE_LIMITS.integer);
const INTEGER_VIEW = viewOf(INTEGER);

export class PickleCursor {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = viewOf(bytes);
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** Beyond 2^53 it is rounded, and far beyond any limit that it is compared with. */
  u64(): number {
    const at = this.advance(8);
    return this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  /** Pickle keeps floats big-endian. */
  f64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  /** A two's complement integer, little-endian; a number where it is exact. */
  integer(length: number): number | bigint {
    if (length > PICKLE_LIMITS.integer) throw limitExceeded('integer');
    const at = this.advance(length);
    // Sign-extended by hand to the 16 bytes of two 64-bit halves.
    const negative = length > 0 && this.view.getInt8(at + length - 1) < 0;
    INTEGER.fill(negative ? 0xff : 0).set(this.bytes.subarray(at, at + length));
    const low = INTEGER_VIEW.getBigUint64(0, true);
    const value = (INTEGER_VIEW.getBigInt64(8, true) << 64n) | low;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  text(length: number): string {
    if (length > PICKLE_LIMITS.string) throw limitExceeded('string');
    return this.decode(this.bytes.subarray(this.advance(length), this.at));
  }

  /** Up to the next newline, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(NEWLINE, this.at);
    if (end < 0) throw pickleInvalid('a name does not end');
    const line = this.text(end - this.at);
    this.advance(1);
    return line;
  }

  private decode(bytes: Uint8Array): string {
    try {
      return UTF8.decode(bytes);
    } catch {
      throw pickleInvalid('a text is not UTF-8');
    }
  }

  private advance(length: number): number {
    if (length > this.remaining) throw pickleInvalid('it ends in the middle of a value');
    const at = this.at;
    this.at += length;
    return at;
  }
}
