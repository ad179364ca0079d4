/** The head of an IDX file (the format of MNIST and its family): a magic number, then one size a dimension. */
import { UserError } from '../../errors';

/** Two zero bytes, the element type, the number of dimensions; http://yann.lecun.com/exdb/mnist/ */
const UNSIGNED_BYTE = 0x08;

export interface IdxHeader {
  dimensions: readonly number[];
  /** Bytes of the header itself. */
  headerBytes: number;
  /** Bytes that must follow it: the product of the dimensions. */
  dataBytes: number;
}

/** Bytes of the header of an IDX file with `rank` dimensions. */
export function idxHeaderBytes(rank: number): number {
  return 4 + 4 * rank;
}

/**
 * @param file its name, for messages
 * @param head at least the first {@link idxHeaderBytes} bytes
 * @param rank how many dimensions the reader wants: 1 for labels, 3 for images
 * @param maxDataBytes a claim above it is refused, before anything is allocated for it
 * @throws UserError DATASET_IDX_SHORT, DATASET_IDX_MAGIC, DATASET_IDX_DIMENSIONS, DATASET_IDX_TOO_LARGE
 */
export function parseIdxHeader(
  file: string,
  head: Uint8Array,
  rank: number,
  maxDataBytes: number,
): IdxHeader {
  const headerBytes = idxHeaderBytes(rank);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const magic = UNSIGNED_BYTE * 256 + rank;
  if (head.byteLength >= 4 && view.getUint32(0) !== magic) {
    throw new UserError(
      'DATASET_IDX_MAGIC',
      `${file} is not an IDX file of unsigned bytes with ${rank} dimension(s): it starts with ` +
        `${hex(view.getUint32(0))} instead of ${hex(magic)}. Were images and labels mixed up?`,
      { details: { file } },
    );
  }
  if (head.byteLength < headerBytes) {
    throw new UserError(
      'DATASET_IDX_SHORT',
      `${file} ends within its header, after ${head.byteLength} of ${headerBytes} bytes. Fetch it again.`,
      { details: { file } },
    );
  }
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (dimensions.includes(0)) {
    throw new UserError(
      'DATASET_IDX_DIMENSIONS',
      `${file} says that it holds ${dimensions.join('×')} bytes: no dimension may be 0.`,
      { details: { file, dimensions } },
    );
  }
  // Up to 2^96 for three dimensions: a double rounds there, but never below the limit.
  const dataBytes = dimensions.reduce((product, size) => product * size, 1);
  if (dataBytes > maxDataBytes) {
    throw new UserError(
      'DATASET_IDX_TOO_LARGE',
      `${file} says that it holds ${dimensions.join('×')} bytes; at most ${maxDataBytes} are read. ` +
        'Split it, or fetch it again if it should be smaller.',
      { details: { file, dimensions, maxDataBytes } },
    );
  }
  return { dimensions, headerBytes, dataBytes };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
