/** Writes zip archives of stored entries as torch.save does: data aligned, each with its CRC-32. */
import { crc32 } from 'node:zlib';
import { UserError } from '../../../errors';
import { CENTRAL, END, LOCAL, MAX_U16, MAX_U32 } from '../pytorch/zip-fields';

export interface ZipEntry {
  name: string;
  data: Uint8Array;
}

const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01: the same weights give the same file at any time. */
const DATE = 0x0021;
/** Of each entry's data, so that they can be mapped into memory. Source: PyTorch, caffe2/serialize/inline_container.cc. */
const ALIGNMENT = 64;
/** PyTorch's mark of an extra field that is nothing but padding: its id and length take 4 bytes. */
const PADDING_ID = 0x4246;
const PADDING_HEAD = 4;

/** @throws UserError CONVERT_TOO_LARGE where the archive would need the 64-bit records of zip64 */
export function storedZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data } of entries) {
    const fields = commonFields(data);
    const rawName = Buffer.from(name);
    const padding = paddingAfter(at + LOCAL.bytes + rawName.byteLength);
    parts.push(localRecord(fields, rawName, padding), data);
    directory.push(centralRecord(fields, rawName, at));
    at += LOCAL.bytes + rawName.byteLength + padding + data.byteLength;
  }
  const directoryBytes = directory.reduce((sum, record) => sum + record.byteLength, 0);
  const total = at + directoryBytes + END.bytes;
  if (total > MAX_U32 || entries.length >= MAX_U16) {
    throw new UserError(
      'CONVERT_TOO_LARGE',
      `The weights take ${total} bytes in ${entries.length} entries, more than the archive of a PyTorch ` +
        'file holds here: convert to safetensors.',
    );
  }
  const archive = new Uint8Array(total);
  let end = 0;
  for (const part of [...parts, ...directory, endRecord(entries.length, directoryBytes, at)]) {
    archive.set(part, end);
    end += part.byteLength;
  }
  return archive;
}

/** Flags, method (0: stored), time, date, CRC-32 and both sizes, which the two records of an entry share. */
function commonFields(data: Uint8Array): Buffer {
  const fields = Buffer.alloc(20);
  fields.writeUInt16LE(FLAGS, 0);
  fields.writeUInt16LE(DATE, 6);
  fields.writeUInt32LE(crc32(data), 8);
  fields.writeUInt32LE(data.byteLength, 12);
  fields.writeUInt32LE(data.byteLength, 16);
  return fields;
}

function paddingAfter(headEnd: number): number {
  const dataAt = Math.ceil((headEnd + PADDING_HEAD) / ALIGNMENT) * ALIGNMENT;
  return dataAt - headEnd;
}

function localRecord(fields: Buffer, name: Buffer, padding: number): Buffer {
  const record = Buffer.alloc(LOCAL.bytes + name.byteLength + padding, 'Z');
  record.writeUInt32LE(LOCAL.signature, 0);
  record.writeUInt16LE(VERSION, 4);
  fields.copy(record, 6);
  record.writeUInt16LE(name.byteLength, 26);
  record.writeUInt16LE(padding, 28);
  name.copy(record, LOCAL.bytes);
  const extraAt = LOCAL.bytes + name.byteLength;
  record.writeUInt16LE(PADDING_ID, extraAt);
  record.writeUInt16LE(padding - PADDING_HEAD, extraAt + 2);
  return record;
}

function centralRecord(fields: Buffer, name: Buffer, offset: number): Buffer {
  const record = Buffer.alloc(CENTRAL.bytes);
  record.writeUInt32LE(CENTRAL.signature, 0);
  record.writeUInt16LE(VERSION, 4);
  record.writeUInt16LE(VERSION, 6);
  fields.copy(record, 8);
  record.writeUInt16LE(name.byteLength, 28);
  record.writeUInt32LE(offset, 42);
  return Buffer.concat([record, name]);
}

function endRecord(entries: number, directoryBytes: number, directoryAt: number): Buffer {
  const record = Buffer.alloc(END.bytes);
  record.writeUInt32LE(END.signature, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryAt, 16);
  return record;
}
