/** A split as one row of bytes, those over which its digest is computed: so can anybody check what is sent. */
import type { FileHandle } from 'node:fs/promises';
import type { ImageShape, Samples, Split } from './dataset';
import { littleEndian, splitHeader } from './digest';

export interface SplitHead {
  name: string;
  imageShape: ImageShape;
  /** Ordered: the position is the class index. */
  classNames: readonly string[];
  sampleCount: number;
}

/** Of one piece; several readers at a time hold one each. */
const PIECE_BYTES = 256 * 1024;
const LABEL_BYTES = Uint16Array.BYTES_PER_ELEMENT;

export function splitByteCount(head: SplitHead): number {
  return splitHeader(head).byteLength + imageBytes(head) + head.sampleCount * LABEL_BYTES;
}

/** @param from the first byte that is wanted; those before it were had already */
export function* splitBytes(
  split: Split,
  classNames: readonly string[],
  from: number,
): Generator<Uint8Array> {
  const parts = [splitHeader({ ...split, classNames }), split.images, littleEndian(split.labels)];
  let skip = from;
  for (const part of parts) {
    for (let at = skip; at < part.byteLength; at += PIECE_BYTES) {
      yield part.subarray(at, at + PIECE_BYTES);
    }
    skip = Math.max(0, skip - part.byteLength);
  }
}

/**
 * The samples out of a file of exactly `splitByteCount(head)` bytes; whether they are the right ones is for the
 * caller to check by their digest.
 *
 * @returns undefined where the file is shorter
 */
export async function readSplitBytes(
  file: FileHandle,
  head: SplitHead,
): Promise<Samples | undefined> {
  const { sampleCount } = head;
  const start = splitHeader(head).byteLength;
  const images = new Uint8Array(new SharedArrayBuffer(imageBytes(head)));
  const packed = new Uint8Array(sampleCount * LABEL_BYTES);
  if (!(await fill(file, images, start))) return undefined;
  if (!(await fill(file, packed, start + images.byteLength))) return undefined;
  const labels = new Uint16Array(new SharedArrayBuffer(packed.byteLength));
  const view = new DataView(packed.buffer);
  for (let i = 0; i < sampleCount; i++) labels[i] = view.getUint16(i * LABEL_BYTES, true);
  return { images, labels };
}

function imageBytes({ sampleCount, imageShape: { height, width, channels } }: SplitHead): number {
  return sampleCount * height * width * channels;
}

async function fill(file: FileHandle, into: Uint8Array, from: number): Promise<boolean> {
  for (let done = 0; done < into.byteLength;) {
    const { bytesRead } = await file.read(into, done, into.byteLength - done, from + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
