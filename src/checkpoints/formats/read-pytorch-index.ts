/** Reads a PyTorch file without the values of its tensors: memory does not grow with the weights. */
import { crc32 } from 'node:zlib';
import type { ByteSource } from './byte-source';
import { SparseBytes } from './sparse-bytes';
import { refuseOtherFormats } from './pytorch/other-formats';
import { archiveOf, tensorsOf } from './pytorch/read-pytorch';
import { checkTensor, TensorBudget } from './pytorch/read-tensor';
import { checkCrc, listZip, locateEntries, type ZipListing } from './pytorch/zip-archive';
import { findDirectory } from './pytorch/zip-directory';
import {
  DESCRIPTOR,
  END,
  LOCAL,
  MAX_U16,
  viewOf,
  ZIP64_END,
  ZIP64_LOCATOR,
} from './pytorch/zip-fields';

/** Enough to tell every format by its beginning; a tar archive has its mark in the first 512 bytes. */
const START_BYTES = 512;
/** The end records, and as far as they are searched for to say what is wrong. */
const TAIL_BYTES = MAX_U16 + END.bytes + ZIP64_LOCATOR.bytes + ZIP64_END.bytes;
/** A local record with a name and the padding that torch.save puts after it; longer ones take a second read. */
const LOCAL_BYTES = LOCAL.bytes + 256;
const CRC_PIECE_BYTES = 2 ** 20;

/**
 * Every check of readPytorchStateDict, the CRC-32 of all data included, which are read piece by piece.
 *
 * @returns the shapes of the tensors by name
 * @throws UserError as readPytorchStateDict; CHECKPOINT_INVALID where the index itself is too large
 */
export async function readPytorchIndex(
  source: ByteSource,
): Promise<ReadonlyMap<string, { shape: readonly number[] }>> {
  const sparse = new SparseBytes(source);
  const { bytes } = sparse;
  await sparse.load(0, START_BYTES);
  refuseOtherFormats(bytes);
  const listing = await loadListing(sparse, source);
  const archive = archiveOf(listing);
  await loadLocalRecords(sparse, listing);
  const files = locateEntries(bytes, listing);
  await checkAllCrcs(source, listing, files);
  for (const name of ['data.pkl', 'byteorder']) {
    const entry = files.get(`${archive}/${name}`);
    if (entry !== undefined) await sparse.load(entry.byteOffset, entry.byteLength);
  }
  const budget = new TensorBudget(source.size);
  const shapes = new Map<string, { shape: readonly number[] }>();
  for (const { name, tensor, data } of tensorsOf(archive, files)) {
    checkTensor(name, tensor, data?.byteLength, budget);
    shapes.set(name, { shape: tensor.shape });
  }
  return shapes;
}

async function loadListing(sparse: SparseBytes, source: ByteSource): Promise<ZipListing> {
  const tailAt = Math.max(source.size - TAIL_BYTES, 0);
  await sparse.load(tailAt, TAIL_BYTES);
  const { offset, bytes } = findDirectory(viewOf(sparse.bytes));
  await sparse.load(offset, bytes);
  return listZip(sparse.bytes);
}

/** The records before the data and those behind them. */
async function loadLocalRecords(
  sparse: SparseBytes,
  { records, dataEnd }: ZipListing,
): Promise<void> {
  for (const { offset, bytes } of records) {
    if (offset + LOCAL.bytes > dataEnd) continue;
    await sparse.load(offset, LOCAL_BYTES);
    const view = viewOf(sparse.bytes);
    const headBytes =
      LOCAL.bytes + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    if (headBytes > LOCAL_BYTES) {
      await sparse.load(offset + LOCAL_BYTES, headBytes - LOCAL_BYTES);
    }
    await sparse.load(offset + headBytes + bytes, DESCRIPTOR.bytes64);
  }
}

async function checkAllCrcs(
  source: ByteSource,
  { records }: ZipListing,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const record of records) {
    const data = files.get(record.name);
    checkCrc(record, data && (await crcOf(source, data)), records);
  }
}

/** @param data a view of the array whose bytes are the source's, so that it says where they lie */
async function crcOf(source: ByteSource, { byteOffset, byteLength }: Uint8Array): Promise<number> {
  let crc = 0;
  for (let at = 0; at < byteLength; at += CRC_PIECE_BYTES) {
    const piece = await source.read(byteOffset + at, Math.min(CRC_PIECE_BYTES, byteLength - at));
    crc = crc32(piece, crc);
  }
  return crc;
}
