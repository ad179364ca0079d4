/** Holds what a header says of its tensors against the bytes that are there. */
import { quoted } from '../checkpoint-invalid';
import { STATE_DICT_DTYPES, type StateDictDtype } from '../state-dict';
import type { ClaimedTensor } from './header-json';
import { safetensorsError, type SafetensorsErrorCode } from './safetensors-error';

export interface SafetensorsEntry {
  dtype: StateDictDtype;
  shape: readonly number[];
  /** The tensor's bytes, counted from the start of the file: product(shape) elements, little-endian. */
  begin: number;
  end: number;
}

const DTYPES: ReadonlyMap<string, { dtype: StateDictDtype; bytes: number }> = new Map([
  ['F64', { dtype: 'float64', bytes: 8 }],
  ['F32', { dtype: 'float32', bytes: 4 }],
  ['F16', { dtype: 'float16', bytes: 2 }],
  ['BF16', { dtype: 'bfloat16', bytes: 2 }],
  ['I64', { dtype: 'int64', bytes: 8 }],
]);

/**
 * Together the tensors must cover the data exactly: none overlap, no byte is left over. So what is read of a
 * file is never more than the file.
 *
 * @param dataStart where the header ends
 * @returns by name, in the header's order
 * @throws UserError SAFETENSORS_DTYPE, SAFETENSORS_SHAPE, SAFETENSORS_OFFSETS, SAFETENSORS_SIZE_MISMATCH,
 *   SAFETENSORS_OVERLAP, SAFETENSORS_HOLE, SAFETENSORS_TRUNCATED, SAFETENSORS_TRAILING_BYTES
 */
export function checkLayout(
  tensors: readonly ClaimedTensor[],
  dataStart: number,
  fileBytes: number,
): Map<string, SafetensorsEntry> {
  const entries = new Map(tensors.map((tensor) => [tensor.name, entryOf(tensor, dataStart)]));
  const inDataOrder = tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const tensor of inDataOrder) {
    if (tensor.begin < end) {
      throw wrong('SAFETENSORS_OVERLAP', tensor, 'overlaps another tensor');
    }
    if (tensor.begin > end) {
      throw wrong('SAFETENSORS_HOLE', tensor, `begins ${tensor.begin - end} bytes too late`);
    }
    end = tensor.end;
  }
  const dataBytes = fileBytes - dataStart;
  if (end > dataBytes) {
    throw safetensorsError(
      'SAFETENSORS_TRUNCATED',
      `its tensors take ${end} bytes and it has ${dataBytes}, so a part of it is missing`,
    );
  }
  if (end < dataBytes) {
    throw safetensorsError(
      'SAFETENSORS_TRAILING_BYTES',
      `there are ${dataBytes - end} bytes after its last tensor`,
    );
  }
  return entries;
}

function entryOf(tensor: ClaimedTensor, dataStart: number): SafetensorsEntry {
  const { dtype: name, shape, begin, end } = tensor;
  const type = DTYPES.get(name);
  if (type === undefined) {
    throw safetensorsError(
      'SAFETENSORS_DTYPE',
      `the tensor ${quoted(tensor.name)} is ${quoted(name)}, and only ${STATE_DICT_DTYPES.join(', ')} are read`,
      'Convert it (tensor.float()) and save the file again.',
      { dtype: name.slice(0, 40) },
    );
  }
  const bytes = shape.reduce((product, size) => product * size, type.bytes);
  // NaN where a size of 0 meets an overflow to Infinity.
  if (!(bytes <= Number.MAX_SAFE_INTEGER)) {
    throw wrong('SAFETENSORS_SHAPE', tensor, `has the impossible shape [${shapeWords(shape)}]`);
  }
  if (begin > end)
    throw wrong('SAFETENSORS_OFFSETS', tensor, `ends (${end}) before it begins (${begin})`);
  if (end - begin !== bytes) {
    throw wrong(
      'SAFETENSORS_SIZE_MISMATCH',
      tensor,
      `of shape [${shapeWords(shape)}] has ${end - begin} bytes, not ${bytes}`,
    );
  }
  return { dtype: type.dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function shapeWords(shape: readonly number[]): string {
  return shape.slice(0, 8).join(', ') + (shape.length > 8 ? ', …' : '');
}

function wrong(code: SafetensorsErrorCode, { name }: ClaimedTensor, found: string): Error {
  return safetensorsError(code, `the tensor ${quoted(name)} ${found}`, undefined, {
    tensor: name.slice(0, 200),
  });
}
