/** Writes a state dict as a safetensors file. */
import type { StateDict } from '../state-dict';
import { storedTensor } from './stored-tensor';

const DTYPES = { float32: 'F32', int64: 'I64' } as const;
/** The header is filled with spaces to a multiple of this, so that the data are aligned. */
const ALIGNMENT = 8;

/**
 * Floating-point tensors are written as float32, the precision that a state dict has in memory.
 *
 * @returns the whole file; data in the order of the names, those of 8-byte elements first, as the library's
 *   own writer aligns them
 */
export function writeSafetensors(stateDict: StateDict): Uint8Array<ArrayBuffer> {
  const tensors = [...stateDict].map(([name, tensor]) => ({
    name,
    shape: tensor.shape,
    ...storedTensor(tensor),
  }));
  const wideFirst = tensors.toSorted((a, b) => widthOf(b.dtype) - widthOf(a.dtype));
  const entries: string[] = [];
  let end = 0;
  for (const { name, shape, dtype, bytes } of wideFirst) {
    const entry = { dtype: DTYPES[dtype], shape, data_offsets: [end, end + bytes.byteLength] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    end += bytes.byteLength;
  }
  const json = Buffer.from(`{"__metadata__":{"format":"pt"},${entries.join(',')}}`);
  const headerBytes = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(ALIGNMENT + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, ALIGNMENT, ALIGNMENT + headerBytes);
  file.set(json, ALIGNMENT);
  let at = ALIGNMENT + headerBytes;
  for (const { bytes } of wideFirst) {
    file.set(bytes, at);
    at += bytes.byteLength;
  }
  return file;
}

function widthOf(dtype: 'float32' | 'int64'): number {
  return dtype === 'int64' ? 8 : 4;
}
