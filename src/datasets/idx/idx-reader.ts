/** Reads an IDX file, packed by gzip or not, straight into shared memory; wrong files are refused. */
import { UserError } from '../../errors';
import { gunzipChunks, isGzip } from './gunzip-chunks';
import { type IdxHeader, idxHeaderBytes, parseIdxHeader } from './idx-header';

/** Deflate can't pack tighter than 1032:1 (zlib's "Maximum Compression Factor"). */
const MAX_GZIP_RATIO = 1032;

/** 1 GiB of samples: far above the MNIST family (EMNIST: 638 MB), far below what would exhaust a server. */
export const DEFAULT_MAX_DATA_BYTES = 1024 ** 3;

export interface IdxArray {
  dimensions: readonly number[];
  data: Uint8Array<SharedArrayBuffer>;
}

/**
 * @param file its name, for messages
 * @param bytes the whole file as it lies on the disk; gzip is known by its first two bytes
 * @param rank the number of dimensions that the file must have
 * @param maxDataBytes the unpacked size above which the file is refused
 * @throws UserError DATASET_IDX_MAGIC, DATASET_IDX_DIMENSIONS, DATASET_IDX_TOO_LARGE, DATASET_IDX_SHORT,
 *   DATASET_IDX_TRAILING, DATASET_GZIP_DAMAGED
 */
export async function readIdx(
  file: string,
  bytes: Uint8Array,
  rank: number,
  maxDataBytes: number = DEFAULT_MAX_DATA_BYTES,
): Promise<IdxArray> {
  const packed = isGzip(bytes);
  const longest = packed ? bytes.byteLength * MAX_GZIP_RATIO : bytes.byteLength;
  const filler = createFiller(file, rank, maxDataBytes, longest);
  if (packed) {
    for await (const chunk of gunzipChunks(file, bytes)) filler.add(chunk);
  } else {
    filler.add(bytes);
  }
  return filler.finish();
}

/**
 * Takes the unpacked bytes in pieces. Memory for the data is allocated only once the header's claim is
 * possible for a file of this size, and bytes beyond the claim stop the unpacking.
 */
function createFiller(file: string, rank: number, maxDataBytes: number, longest: number) {
  let head: Uint8Array = new Uint8Array(0);
  let header: IdxHeader | undefined;
  let data = new Uint8Array(new SharedArrayBuffer(0));
  let filled = 0;

  const fill = (piece: Uint8Array, { dataBytes }: IdxHeader): void => {
    if (filled + piece.byteLength > dataBytes) {
      throw new UserError(
        'DATASET_IDX_TRAILING',
        `${file} goes on after the ${dataBytes} bytes of data that its header announces. Fetch it again.`,
        { details: { file, announcedBytes: dataBytes } },
      );
    }
    data.set(piece, filled);
    filled += piece.byteLength;
  };

  return {
    add(chunk: Uint8Array): void {
      if (header !== undefined) {
        fill(chunk, header);
        return;
      }
      head = head.byteLength === 0 ? chunk : concatenate(head, chunk);
      if (head.byteLength < idxHeaderBytes(rank)) return;
      header = parseIdxHeader(file, head, rank, maxDataBytes);
      if (header.headerBytes + header.dataBytes > longest) {
        throw tooShort(file, header.dataBytes, longest - header.headerBytes, 'at most ');
      }
      data = new Uint8Array(new SharedArrayBuffer(header.dataBytes));
      fill(head.subarray(header.headerBytes), header);
    },
    finish(): IdxArray {
      const { dimensions, dataBytes } = header ?? parseIdxHeader(file, head, rank, maxDataBytes);
      if (filled < dataBytes) throw tooShort(file, dataBytes, filled);
      return { dimensions, data };
    },
  };
}

function tooShort(file: string, announced: number, found: number, how = ''): UserError {
  return new UserError(
    'DATASET_IDX_SHORT',
    `${file} announces ${announced} bytes of data and holds ${how}${found}. Fetch it again.`,
    { details: { file, announcedBytes: announced } },
  );
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}
