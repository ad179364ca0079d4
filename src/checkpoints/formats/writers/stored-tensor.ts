/** How a tensor's values are written, by every format that holds named tensors. */
import type { NamedTensor } from '../state-dict';

export interface StoredTensor {
  /**
   * All floating-point tensors are float32, the precision that they have here whatever they were read from;
   * integers (counts of batches) stay int64.
   */
  dtype: 'float32' | 'int64';
  /** Little-endian, row by row. */
  bytes: Uint8Array;
}

export function storedTensor({ dtype, values }: NamedTensor): StoredTensor {
  if (dtype !== 'int64') {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { dtype: 'float32', bytes };
  }
  const integers = BigInt64Array.from(values, (value) => BigInt(Math.trunc(value)));
  return { dtype, bytes: new Uint8Array(integers.buffer) };
}
