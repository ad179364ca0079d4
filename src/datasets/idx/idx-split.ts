/** Joins an IDX file of images and one of labels to the samples of a split, and checks that they fit. */
import { UserError } from '../../errors';
import type { ImageShape, Samples } from '../dataset';
import { DEFAULT_MAX_DATA_BYTES, readIdx } from './idx-reader';

export interface IdxFile {
  /** Its name or path, for messages. */
  name: string;
  /** The whole file, packed by gzip or not. */
  bytes: Uint8Array;
}

export interface IdxSplitRequest {
  images: IdxFile;
  labels: IdxFile;
  /** The shape that the images must have; IDX holds one channel. */
  imageShape: ImageShape;
  classCount: number;
  /** The unpacked size of the images above which they are refused. */
  maxDataBytes?: number;
}

/**
 * @throws UserError what readIdx throws, DATASET_IDX_DIMENSIONS where the images have another shape,
 *   DATASET_COUNT_MISMATCH, DATASET_LABEL_OUT_OF_RANGE
 */
export async function readIdxSplit(request: IdxSplitRequest): Promise<Samples> {
  const { imageShape, maxDataBytes = DEFAULT_MAX_DATA_BYTES } = request;
  const images = await readIdx(request.images.name, request.images.bytes, 3, maxDataBytes);
  const [imageCount = 0, height = 0, width = 0] = images.dimensions;
  if (height !== imageShape.height || width !== imageShape.width || imageShape.channels !== 1) {
    throw new UserError(
      'DATASET_IDX_DIMENSIONS',
      `${request.images.name} holds images of ${height}×${width}×1 instead of ` +
        `${imageShape.height}×${imageShape.width}×${imageShape.channels}.`,
      { details: { file: request.images.name, dimensions: images.dimensions } },
    );
  }
  const labels = await readIdx(request.labels.name, request.labels.bytes, 1, maxDataBytes);
  const [labelCount = 0] = labels.dimensions;
  if (labelCount !== imageCount) {
    throw new UserError(
      'DATASET_COUNT_MISMATCH',
      `${request.images.name} holds ${imageCount} images, but ${request.labels.name} holds ` +
        `${labelCount} labels. Use two files of the same split.`,
      { details: { imageCount, labelCount } },
    );
  }
  return {
    images: images.data,
    labels: classIndices(request.labels.name, labels.data, request.classCount),
  };
}

/** One byte a label in the file, two in memory, so that datasets of up to 65,536 classes fit the port. */
function classIndices(
  file: string,
  bytes: Uint8Array,
  classCount: number,
): Uint16Array<SharedArrayBuffer> {
  const labels = new Uint16Array(
    new SharedArrayBuffer(bytes.length * Uint16Array.BYTES_PER_ELEMENT),
  );
  labels.set(bytes);
  const wrong = labels.findIndex((label) => label >= classCount);
  if (wrong !== -1) {
    throw new UserError(
      'DATASET_LABEL_OUT_OF_RANGE',
      `${file} gives sample ${wrong} the label ${String(labels[wrong])}; the ${classCount} classes are ` +
        `0 to ${classCount - 1}. Take a file with the same classes.`,
      { details: { file, sample: wrong, classCount } },
    );
  }
  return labels;
}
