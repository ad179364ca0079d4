/** The digests by which a result names its data: two splits have the same one only if all samples are equal. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageShape } from './dataset';

/** Hashed between two turns of the event loop; 4 MiB take about 3 ms. */
const SLICE_BYTES = 4 * 1024 * 1024;

export interface SplitContent {
  name: string;
  imageShape: ImageShape;
  classNames: readonly string[];
  sampleCount: number;
  images: Uint8Array;
  labels: Uint16Array;
}

/**
 * SHA-256 (hex) of a split: over the line `assay-split-v1`, one line of JSON with the keys `split`,
 * `imageShape` (`height`, `width`, `channels`), `classNames` and `sampleCount` in this order and without
 * spaces, the images as they lie in memory, and the labels as 16-bit little-endian integers. Lines end in \n.
 */
export async function splitDigest(content: SplitContent): Promise<string> {
  const hash = createHash('sha256').update(splitHeader(content));
  for (let start = 0; start < content.images.length; start += SLICE_BYTES) {
    hash.update(content.images.subarray(start, start + SLICE_BYTES));
    await nextTurn();
  }
  return hash.update(littleEndian(content.labels)).digest('hex');
}

/** The two lines before the images. */
export function splitHeader(content: Omit<SplitContent, 'images' | 'labels'>): Buffer {
  const { height, width, channels } = content.imageShape;
  const header = JSON.stringify({
    split: content.name,
    imageShape: { height, width, channels },
    classNames: content.classNames,
    sampleCount: content.sampleCount,
  });
  return Buffer.from(`assay-split-v1\n${header}\n`);
}

/** SHA-256 (hex) of the lines `<digest>  <split>\n` of all splits in the order of their names. */
export function datasetDigest(splits: readonly { name: string; digest: string }[]): string {
  const lines = splits.map(({ name, digest }) => ({ name, line: `${digest}  ${name}\n` }));
  // By code unit, not by locale: the digest must not depend on where it was computed.
  lines.sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash('sha256');
  for (const { line } of lines) hash.update(line);
  return hash.digest('hex');
}

/** What stands behind the images. */
export function littleEndian(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint16(index * 2, value, true);
  });
  return bytes;
}
