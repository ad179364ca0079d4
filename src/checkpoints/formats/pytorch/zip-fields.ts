/** The layout of the zip records that torch.save writes, after PKWARE's APPNOTE 6.3.10. */
import { FETCH_AGAIN, pytorchError } from './pytorch-error';

/** Signatures, and the fixed size of each record in bytes. */
export const LOCAL = { signature: 0x04034b50, bytes: 30 };
export const CENTRAL = { signature: 0x02014b50, bytes: 46 };
export const END = { signature: 0x06054b50, bytes: 22 };
export const ZIP64_END = { signature: 0x06064b50, bytes: 56 };
export const ZIP64_LOCATOR = { signature: 0x07064b50, bytes: 20 };
export const DESCRIPTOR = { signature: 0x08074b50, bytes: 16, bytes64: 24 };

export const MAX_U16 = 0xffff;
export const MAX_U32 = 0xffffffff;
const ZIP64_EXTRA = 0x0001;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function zipInvalid(found: string): Error {
  return pytorchError('PYTORCH_ZIP_INVALID', found, FETCH_AGAIN);
}

/** @throws UserError PYTORCH_ZIP_INVALID beyond 2^53: no such file exists, and it would be rounded */
export function readU64(view: DataView, at: number): number {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (!Number.isSafeInteger(value)) throw zipInvalid('a size in the zip archive is impossible');
  return value;
}

/**
 * Replaces each 32-bit field that says "too large for me" by its 64-bit value.
 *
 * @param fields in the order of the zip64 extra field: size, compressed size, offset
 * @param extra the entry's extra fields
 */
export function widen(fields: readonly number[], extra: DataView): number[] {
  const missing = fields.filter((value) => value === MAX_U32).length;
  if (missing === 0) return [...fields];
  let at = zip64Field(extra, missing * 8);
  return fields.map((value) => {
    if (value !== MAX_U32) return value;
    const wide = readU64(extra, at);
    at += 8;
    return wide;
  });
}

function zip64Field(extra: DataView, bytes: number): number {
  let at = 0;
  while (at + 4 <= extra.byteLength) {
    const length = extra.getUint16(at + 2, true);
    const end = at + 4 + length;
    if (extra.getUint16(at, true) === ZIP64_EXTRA && length >= bytes && end <= extra.byteLength) {
      return at + 4;
    }
    at = end;
  }
  throw zipInvalid('the zip archive lacks the 64-bit size of an entry');
}
