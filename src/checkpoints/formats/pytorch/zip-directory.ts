/** Finds a zip archive's central directory from its end, and checks that the end records agree. */
import { FETCH_AGAIN, pytorchError } from './pytorch-error';
import {
  END,
  LOCAL,
  MAX_U16,
  MAX_U32,
  readU64,
  ZIP64_END,
  ZIP64_LOCATOR,
  zipInvalid,
} from './zip-fields';

export interface ZipDirectory {
  entries: number;
  offset: number;
  bytes: number;
}

/** A zip comment's greatest length and the end record: as far as an end record can lie from the end. */
const END_SEARCH_BYTES = MAX_U16 + END.bytes;

/**
 * The end records must be the file's last bytes, without a comment, and the directory must touch them: what a
 * lenient reader searches for or skips, two readers find in two places.
 *
 * @throws UserError PYTORCH_TRUNCATED, PYTORCH_ZIP_INVALID
 */
export function findDirectory(view: DataView): ZipDirectory {
  const endAt = view.byteLength - END.bytes;
  if (endAt < 0 || view.getUint32(endAt, true) !== END.signature) throw noEndRecord(view);
  const said = {
    entries: view.getUint16(endAt + 10, true),
    bytes: view.getUint32(endAt + 12, true),
    offset: view.getUint32(endAt + 16, true),
  };
  const locatorAt = endAt - ZIP64_LOCATOR.bytes;
  const isZip64 = locatorAt >= 0 && view.getUint32(locatorAt, true) === ZIP64_LOCATOR.signature;
  const directory = isZip64 ? readZip64End(view, locatorAt) : said;
  const agrees =
    said.entries === Math.min(directory.entries, MAX_U16) &&
    said.bytes === Math.min(directory.bytes, MAX_U32) &&
    said.offset === Math.min(directory.offset, MAX_U32);
  const oneDisk =
    view.getUint16(endAt + 4, true) === 0 &&
    view.getUint16(endAt + 6, true) === 0 &&
    view.getUint16(endAt + 8, true) === said.entries;
  if (!agrees || !oneDisk || view.getUint16(endAt + 20, true) !== 0) {
    throw zipInvalid('the end records of the zip archive disagree');
  }
  const directoryEnd = isZip64 ? locatorAt - ZIP64_END.bytes : endAt;
  if (directory.offset + directory.bytes !== directoryEnd) {
    throw zipInvalid("the zip archive's directory is not where its end records say");
  }
  return directory;
}

function readZip64End(view: DataView, locatorAt: number): ZipDirectory {
  const at = locatorAt - ZIP64_END.bytes;
  const valid =
    at >= 0 &&
    readU64(view, locatorAt + 8) === at &&
    view.getUint32(locatorAt + 4, true) === 0 &&
    view.getUint32(locatorAt + 16, true) === 1 &&
    view.getUint32(at, true) === ZIP64_END.signature &&
    readU64(view, at + 4) === ZIP64_END.bytes - 12 &&
    view.getUint32(at + 16, true) === 0 &&
    view.getUint32(at + 20, true) === 0 &&
    readU64(view, at + 24) === readU64(view, at + 32);
  if (!valid) throw zipInvalid('the zip64 end records of the zip archive disagree');
  return {
    entries: readU64(view, at + 32),
    bytes: readU64(view, at + 40),
    offset: readU64(view, at + 48),
  };
}

function noEndRecord(view: DataView): Error {
  const first = Math.max(0, view.byteLength - END_SEARCH_BYTES);
  for (let at = view.byteLength - END.bytes; at >= first; at--) {
    if (view.getUint32(at, true) === END.signature) {
      return zipInvalid("there are bytes after the zip archive's end");
    }
  }
  const signature = view.byteLength >= 4 ? view.getUint32(0, true) : LOCAL.signature;
  if (signature !== LOCAL.signature) return zipInvalid('it is not a zip archive');
  return pytorchError(
    'PYTORCH_TRUNCATED',
    'it ends before its zip archive does, so a part of it is missing',
    FETCH_AGAIN,
  );
}
