/** Builds IDX files byte by byte, right ones and wrong ones. */

export function idxFile(dimensions: readonly number[], data: Uint8Array, type = 0x08): Buffer {
  const head = Buffer.alloc(4 + 4 * dimensions.length);
  head.writeUInt16BE(0, 0);
  head.writeUInt8(type, 2);
  head.writeUInt8(dimensions.length, 3);
  dimensions.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([head, data]);
}

/** 0, 1, 2 … 255, 0, 1 … */
export function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}
