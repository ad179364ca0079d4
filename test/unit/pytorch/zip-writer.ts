/** Writes zip archives as torch.save does, entry by entry, and lets a test bend any field of them. */
import { crc32 } from 'node:zlib';

export interface ZipEntryOptions {
  /** Of both records, unless the next ones say otherwise. */
  flags?: number;
  method?: number;
  crc?: number;
  centralName?: string;
  centralOffset?: number;
  centralSize?: number;
  /** Bytes between this entry and the next. */
  gap?: number;
  /** The sizes behind the data are left out, and stand in the record before it. */
  sizesBefore?: boolean;
  /** 64-bit sizes behind the data. */
  wideDescriptor?: boolean;
  /** The directory's fields say "see the zip64 extra field". */
  wideCentral?: boolean;
}

export interface ZipFile {
  name: string;
  data: Uint8Array;
  options?: ZipEntryOptions;
}

export interface ZipOptions {
  zip64?: boolean;
  comment?: string;
  /** Said in the end records. */
  entries?: number;
  directorySize?: number;
}

const SIZES_FOLLOW = 0x0008;
const MAX_U32 = 0xffffffff;

function u16(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => buffer.writeUInt16LE(value & 0xffff, index * 2));
  return buffer;
}

function u32(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value >>> 0, index * 4));
  return buffer;
}

function u64(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => buffer.writeBigUInt64LE(BigInt(value), index * 8));
  return buffer;
}

export function writeZip(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const body: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const entry = writeEntry(file, at);
    central.push(writeCentral(file, at));
    const gap = Buffer.alloc(file.options?.gap ?? 0, 0x5a);
    body.push(entry, gap);
    at += entry.length + gap.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...body, directory, writeEnd(files.length, directory.length, at, options)]);
}

function writeEntry({ name, data, options = {} }: ZipFile, at: number): Buffer {
  const crc = options.crc ?? crc32(data);
  const flags = flagsOf(options);
  const follow = (flags & SIZES_FOLLOW) !== 0;
  const rawName = Buffer.from(name);
  const padding = (64 - ((at + 30 + rawName.length + 4) % 64)) % 64;
  const extra = Buffer.concat([Buffer.from('FB'), u16(padding), Buffer.alloc(padding, 0x5a)]);
  const sizes = follow ? u32(0, 0, 0) : u32(crc, data.length, data.length);
  const local = Buffer.concat([
    u32(0x04034b50),
    u16(0, flags, options.method ?? 0, 0, 0),
    sizes,
    u16(rawName.length, extra.length),
    rawName,
    extra,
  ]);
  const wide = options.wideDescriptor === true;
  const after = wide ? u64(data.length, data.length) : u32(data.length, data.length);
  return Buffer.concat([local, data, ...(follow ? [u32(0x08074b50, crc), after] : [])]);
}

function writeCentral({ name, data, options = {} }: ZipFile, at: number): Buffer {
  const rawName = Buffer.from(options.centralName ?? name);
  const size = options.centralSize ?? data.length;
  const offset = options.centralOffset ?? at;
  const wide = options.wideCentral === true;
  const extra = wide ? Buffer.concat([u16(1, 24), u64(size, size, offset)]) : Buffer.alloc(0);
  return Buffer.concat([
    u32(0x02014b50),
    u16(0, 0, flagsOf(options), options.method ?? 0, 0, 0),
    wide
      ? u32(options.crc ?? crc32(data), MAX_U32, MAX_U32)
      : u32(options.crc ?? crc32(data), size, size),
    u16(rawName.length, extra.length, 0, 0, 0),
    u32(0, wide ? MAX_U32 : offset),
    rawName,
    extra,
  ]);
}

function flagsOf(options: ZipEntryOptions): number {
  return options.flags ?? (options.sizesBefore === true ? 0x0800 : 0x0808);
}

function writeEnd(count: number, length: number, at: number, options: ZipOptions): Buffer {
  const entries = options.entries ?? count;
  const size = options.directorySize ?? length;
  const comment = Buffer.from(options.comment ?? '');
  const end = Buffer.concat([
    u32(0x06054b50),
    u16(0, 0, Math.min(entries, 0xffff), Math.min(entries, 0xffff)),
    u32(size, at),
    u16(comment.length),
    comment,
  ]);
  if (options.zip64 === false) return end;
  const zip64 = [
    u32(0x06064b50),
    u64(44),
    u16(0x031e, 45),
    u32(0, 0),
    u64(entries, entries, size, at),
    u32(0x07064b50, 0),
    u64(at + length),
    u32(1),
  ];
  return Buffer.concat([...zip64, end]);
}
