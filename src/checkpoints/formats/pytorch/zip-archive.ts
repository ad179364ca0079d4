/** Reads the zip archives that torch.save writes: stored entries, laid end to end, each with its CRC-32. */
import { crc32 } from 'node:zlib';
import { quoted } from '../checkpoint-invalid';
import { FETCH_AGAIN, pytorchError } from './pytorch-error';
import { findDirectory } from './zip-directory';
import { readCentral, readLocal, type ZipRecord } from './zip-entry';
import { CENTRAL, viewOf, zipInvalid } from './zip-fields';

/** An entry is a tensor's storage; networks of a hundred billion weights have some thousands. */
const MAX_ENTRIES = 50_000;

export interface ZipListing {
  /** In the file's order. */
  records: readonly ZipRecord[];
  /** Where the data end and the directory begins. */
  dataEnd: number;
}

/**
 * What the archive says that it holds; the entries themselves are not looked at.
 *
 * @throws UserError PYTORCH_TRUNCATED, PYTORCH_ZIP_INVALID, PYTORCH_ZIP_LIMIT, PYTORCH_ZIP_NAME
 */
export function listZip(bytes: Uint8Array): ZipListing {
  const directory = findDirectory(viewOf(bytes));
  if (directory.entries > MAX_ENTRIES) {
    throw pytorchError(
      'PYTORCH_ZIP_LIMIT',
      `it has ${directory.entries} entries and ${MAX_ENTRIES} are allowed`,
      FETCH_AGAIN,
    );
  }
  if (directory.entries * CENTRAL.bytes > directory.bytes) {
    throw zipInvalid("the zip archive's directory is cut short");
  }
  const { offset, entries } = directory;
  return { records: readRecords(bytes, offset, directory.bytes, entries), dataEnd: offset };
}

/**
 * Nothing is copied: data are views of `bytes`. As entries may neither overlap nor leave a gap, all of them
 * together are never larger than the file.
 *
 * @returns the data of each entry by its name, in the file's order
 * @throws UserError PYTORCH_ZIP_INVALID, PYTORCH_ZIP_ENCRYPTED, PYTORCH_ZIP_COMPRESSED, PYTORCH_ZIP_CRC
 */
export function readEntries(
  bytes: Uint8Array,
  listing: ZipListing,
): ReadonlyMap<string, Uint8Array> {
  const files = locateEntries(bytes, listing);
  for (const record of listing.records) {
    const data = files.get(record.name);
    checkCrc(record, data && crc32(data), listing.records);
  }
  return files;
}

/**
 * The same without a look at the data.
 *
 * @throws UserError PYTORCH_ZIP_INVALID, PYTORCH_ZIP_ENCRYPTED, PYTORCH_ZIP_COMPRESSED
 */
export function locateEntries(
  bytes: Uint8Array,
  { records, dataEnd }: ZipListing,
): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let end = 0;
  for (const record of records) {
    if (record.offset !== end) {
      throw zipInvalid(
        `the entry ${quoted(record.name)} overlaps another, or there are bytes between`,
      );
    }
    if (files.has(record.name)) throw zipInvalid(`the entry ${quoted(record.name)} occurs twice`);
    const local = readLocal(bytes, record, dataEnd);
    end = local.end;
    files.set(record.name, local.data);
  }
  if (end !== dataEnd) throw zipInvalid('there are bytes between the last entry and the directory');
  return files;
}

function readRecords(
  bytes: Uint8Array,
  offset: number,
  length: number,
  count: number,
): readonly ZipRecord[] {
  const records: ZipRecord[] = [];
  let at = offset;
  for (let index = 0; index < count; index++) {
    const record = readCentral(bytes, at, offset + length);
    records.push(record);
    at += record.recordBytes;
  }
  if (at !== offset + length) throw zipInvalid("the zip archive's directory has bytes left over");
  return records;
}

/**
 * @param found the CRC-32 of the entry's data
 * @throws UserError PYTORCH_ZIP_CRC
 */
export function checkCrc(
  record: ZipRecord,
  found: number | undefined,
  records: readonly ZipRecord[],
): void {
  if (found === record.crc) return;
  // torch.save can leave checksums out; then a damaged weight would pass for a real one.
  const unchecked = records.every(({ crc }) => crc === 0);
  throw pytorchError(
    'PYTORCH_ZIP_CRC',
    unchecked
      ? 'it was saved without checksums, so damage could not be seen'
      : `the bytes of ${quoted(record.name)} are not those that were written (CRC-32)`,
    unchecked
      ? 'Save it again with torch.utils.serialization.config.save.compute_crc32 = True, the default.'
      : FETCH_AGAIN,
    { entry: record.name.slice(0, 200) },
  );
}
