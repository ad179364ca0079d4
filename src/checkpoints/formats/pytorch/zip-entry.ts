/** One entry of a zip archive: what its directory record says, held against the record beside its data. */
import { quoted } from '../checkpoint-invalid';
import { FETCH_AGAIN, pytorchError, SAVE_STATE_DICT } from './pytorch-error';
import { CENTRAL, DESCRIPTOR, LOCAL, viewOf, widen, zipInvalid } from './zip-fields';

export interface ZipRecord {
  name: string;
  rawName: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  bytes: number;
  packedBytes: number;
  offset: number;
  /** Of the directory record. */
  recordBytes: number;
}

/** Longer than any path that torch.save makes: the file's name, "/data/" and a number. */
const MAX_NAME_BYTES = 1024;
/** Encrypted, strongly encrypted, directory encrypted. */
const ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000;
/** Sizes follow the data; the name is UTF-8. PyTorch sets both, Python's zipfile neither. */
const SIZES_FOLLOW = 0x0008;
const ALLOWED_FLAGS = SIZES_FOLLOW | 0x0800;
const STORED = 0;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const AES = 99;

/**
 * @param at where the record begins
 * @param end where the directory ends
 * @throws UserError PYTORCH_ZIP_INVALID, PYTORCH_ZIP_NAME
 */
export function readCentral(bytes: Uint8Array, at: number, end: number): ZipRecord {
  const view = viewOf(bytes);
  if (at + CENTRAL.bytes > end || view.getUint32(at, true) !== CENTRAL.signature) {
    throw zipInvalid("the zip archive's directory is cut short");
  }
  const nameBytes = view.getUint16(at + 28, true);
  const extraBytes = view.getUint16(at + 30, true);
  const commentBytes = view.getUint16(at + 32, true);
  const recordBytes = CENTRAL.bytes + nameBytes + extraBytes + commentBytes;
  if (at + recordBytes > end) throw zipInvalid("the zip archive's directory is cut short");
  const rawName = bytes.subarray(at + CENTRAL.bytes, at + CENTRAL.bytes + nameBytes);
  const name = checkedName(rawName);
  const flags = view.getUint16(at + 8, true);
  const extra = new DataView(
    bytes.buffer,
    bytes.byteOffset + at + CENTRAL.bytes + nameBytes,
    extraBytes,
  );
  const [size, packed, offset] = widen(
    [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
    extra,
  ) as [number, number, number];
  if (view.getUint16(at + 34, true) !== 0) throw zipInvalid('an entry is on another disk');
  return {
    name,
    rawName,
    flags,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    bytes: size,
    packedBytes: packed,
    offset,
    recordBytes,
  };
}

/** @throws UserError PYTORCH_ZIP_ENCRYPTED, PYTORCH_ZIP_COMPRESSED, PYTORCH_ZIP_INVALID */
function checkStored({ name, flags, method, bytes, packedBytes }: ZipRecord): void {
  if ((flags & ENCRYPTED_FLAGS) !== 0 || method === AES) {
    throw pytorchError(
      'PYTORCH_ZIP_ENCRYPTED',
      `the entry ${quoted(name)} is encrypted`,
      SAVE_STATE_DICT,
    );
  }
  if (method !== STORED) {
    throw pytorchError(
      'PYTORCH_ZIP_COMPRESSED',
      `the entry ${quoted(name)} is compressed, which torch.save never does`,
      SAVE_STATE_DICT,
    );
  }
  if ((flags & ~ALLOWED_FLAGS) !== 0) {
    throw zipInvalid(`the entry ${quoted(name)} has unknown flags`);
  }
  if (bytes !== packedBytes) {
    throw zipInvalid(`the entry ${quoted(name)} has two sizes though it is stored`);
  }
}

/** Nothing is ever written under these names; what would climb out elsewhere is refused all the same. */
function checkedName(raw: Uint8Array): string {
  let name: string;
  try {
    name = UTF8.decode(raw.subarray(0, MAX_NAME_BYTES + 1));
  } catch {
    throw unsafeName('an entry has a name that is not UTF-8');
  }
  const parts = name.split('/');
  const odd = /[\u0000-\u001f\u007f\\]|^[a-z]:/i.test(name);
  if (raw.length > MAX_NAME_BYTES || odd || parts.some((part) => ['', '.', '..'].includes(part))) {
    throw unsafeName(`the entry ${quoted(name)} has an unsafe name`);
  }
  return name;
}

function unsafeName(found: string): Error {
  return pytorchError('PYTORCH_ZIP_NAME', found, FETCH_AGAIN);
}

/**
 * Checks that the entry is stored, and the record beside its data against the directory's, field by field.
 *
 * @param limit where the directory begins
 * @returns the data, as a view, and where the entry ends
 * @throws UserError PYTORCH_ZIP_ENCRYPTED, PYTORCH_ZIP_COMPRESSED, PYTORCH_ZIP_INVALID
 */
export function readLocal(
  bytes: Uint8Array,
  entry: ZipRecord,
  limit: number,
): { data: Uint8Array; end: number } {
  checkStored(entry);
  const view = viewOf(bytes);
  const { offset: at, rawName } = entry;
  const nameAt = at + LOCAL.bytes;
  if (nameAt > limit || view.getUint32(at, true) !== LOCAL.signature) throw disagree(entry);
  const extraAt = nameAt + view.getUint16(at + 26, true);
  const dataAt = extraAt + view.getUint16(at + 28, true);
  const dataEnd = dataAt + entry.bytes;
  if (dataEnd > limit) throw disagree(entry);
  const sameName = Buffer.compare(bytes.subarray(nameAt, extraAt), rawName) === 0;
  const sameMode =
    view.getUint16(at + 6, true) === entry.flags && view.getUint16(at + 8, true) === STORED;
  if (!sameName || !sameMode) throw disagree(entry);
  const extra = new DataView(bytes.buffer, bytes.byteOffset + extraAt, dataAt - extraAt);
  const [size, packed] = widen(
    [view.getUint32(at + 22, true), view.getUint32(at + 18, true)],
    extra,
  );
  const sizesFollow = (entry.flags & SIZES_FOLLOW) !== 0;
  // Where sizes follow the data, the fields here are zero, or right.
  const fits = (value: number | undefined, expected: number): boolean =>
    value === expected || (sizesFollow && value === 0);
  const crc = view.getUint32(at + 14, true);
  if (!fits(size, entry.bytes) || !fits(packed, entry.bytes) || !fits(crc, entry.crc)) {
    throw disagree(entry);
  }
  const end = sizesFollow ? descriptorEnd(view, dataEnd, entry, limit) : dataEnd;
  return { data: bytes.subarray(dataAt, dataEnd), end };
}

/** The sizes behind the data are 32 bits wide, or 64 in an archive that needs it: one of them must fit. */
function descriptorEnd(view: DataView, at: number, entry: ZipRecord, limit: number): number {
  const holds = (offset: number, value: number): boolean =>
    view.getUint32(at + offset, true) === value;
  const low = entry.bytes % 2 ** 32;
  const high = Math.floor(entry.bytes / 2 ** 32);
  if (at + DESCRIPTOR.bytes > limit || !holds(0, DESCRIPTOR.signature) || !holds(4, entry.crc)) {
    throw disagree(entry);
  }
  if (high === 0 && holds(8, low) && holds(12, low)) return at + DESCRIPTOR.bytes;
  const wide =
    at + DESCRIPTOR.bytes64 <= limit &&
    holds(8, low) &&
    holds(12, high) &&
    holds(16, low) &&
    holds(20, high);
  if (!wide) throw disagree(entry);
  return at + DESCRIPTOR.bytes64;
}

function disagree(entry: ZipRecord): Error {
  return zipInvalid(`the zip archive's two records of ${quoted(entry.name)} disagree`);
}
