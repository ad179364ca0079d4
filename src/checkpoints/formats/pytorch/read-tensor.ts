/** Copies a tensor out of its storage: checked against the storage's bytes first, then made contiguous. */
import { quoted } from '../checkpoint-invalid';
import { type NamedTensor, STATE_DICT_DTYPES, type StateDictDtype } from '../state-dict';
import { type ElementType, ELEMENT_TYPES } from './element-types';
import type { StorageDtype, TensorRef } from './pickle-values';
import { pytorchError, SAVE_STATE_DICT } from './pytorch-error';
import { viewOf } from './zip-fields';

/** Of one dimension; no storage in memory has more elements. */
const MAX_SIZE = 2 ** 31 - 1;
const FLOAT32_BYTES = 4;
/** A view with strides of 0 makes a large tensor of one number: how far that may go. */
const FREE_BYTES = 16 * 1024 * 1024;
const GROWTH = 4;

/** The float32 bytes that all tensors of one file may take: 4 times the file (half floats double, ties repeat). */
export class TensorBudget {
  private remaining: number;

  constructor(fileBytes: number) {
    this.remaining = FREE_BYTES + GROWTH * fileBytes;
  }

  /** @throws UserError PYTORCH_TENSOR_LIMIT */
  take(name: string, elements: number): void {
    this.remaining -= elements * FLOAT32_BYTES;
    if (this.remaining >= 0) return;
    throw pytorchError(
      'PYTORCH_TENSOR_LIMIT',
      `its tensors, up to ${quoted(name)}, are many times larger than the file itself`,
      'Save contiguous copies instead of expanded views: ' +
        'torch.save({k: v.contiguous() for k, v in model.state_dict().items()}, path).',
    );
  }
}

/**
 * @param data the bytes of the tensor's storage, undefined where the archive has no such entry
 * @returns row by row; the values share no memory with `data`
 * @throws UserError PYTORCH_DTYPE, PYTORCH_TENSOR_BOUNDS, PYTORCH_TENSOR_LIMIT
 */
export function readTensor(
  name: string,
  tensor: TensorRef,
  data: Uint8Array | undefined,
  budget: TensorBudget,
): NamedTensor {
  const { shape, strides, offset } = tensor;
  const { dtype, elements } = checkTensor(name, tensor, data?.length, budget);
  const type = ELEMENT_TYPES[dtype];
  const values = allocate(name, elements);
  // checkTensor has refused a tensor without data.
  const bytes = data ?? new Uint8Array();
  if (isContiguous(shape, strides)) copyRow(values, bytes, type, offset);
  else copyStrided(values, bytes, type, tensor);
  return { dtype, shape, values };
}

/**
 * Everything that can be said of a tensor without its data.
 *
 * @param dataBytes the length of the tensor's storage, undefined where the archive has no such entry
 * @throws UserError PYTORCH_DTYPE, PYTORCH_TENSOR_BOUNDS, PYTORCH_TENSOR_LIMIT
 */
export function checkTensor(
  name: string,
  { storage, shape, strides, offset }: TensorRef,
  dataBytes: number | undefined,
  budget: TensorBudget,
): { dtype: StateDictDtype; elements: number } {
  const { dtype } = storage;
  if (!isReadable(dtype)) {
    throw pytorchError(
      'PYTORCH_DTYPE',
      `the tensor ${quoted(name)} is ${dtype}, and only ${STATE_DICT_DTYPES.join(', ')} are read`,
      'Convert it (tensor.float()) and save the file again.',
      { dtype },
    );
  }
  if (dataBytes !== storage.elements * ELEMENT_TYPES[dtype].bytes) {
    throw outOfBounds(
      name,
      `has a storage of ${storage.elements} elements that is missing or not as long`,
    );
  }
  const elements = countElements(name, shape);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  if (elements > 0 && last >= storage.elements) {
    throw outOfBounds(name, `of shape [${shape.join(', ')}] reaches past the end of its storage`);
  }
  budget.take(name, elements);
  return { dtype, elements };
}

function isReadable(dtype: StorageDtype): dtype is StateDictDtype {
  return (STATE_DICT_DTYPES as readonly string[]).includes(dtype);
}

function countElements(name: string, shape: readonly number[]): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  // NaN where a size of 0 meets an overflow to Infinity.
  if (shape.some((size) => size > MAX_SIZE) || !(elements <= Number.MAX_SAFE_INTEGER)) {
    throw outOfBounds(name, `has the impossible shape [${shape.join(', ')}]`);
  }
  return elements;
}

/** The engine's own limit on arrays, or on memory, is an error of the file's and not a bug. */
function allocate(name: string, elements: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(elements);
  } catch {
    throw pytorchError(
      'PYTORCH_TENSOR_LIMIT',
      `the tensor ${quoted(name)} of ${elements} values does not fit into memory`,
      'Evaluate it on a machine with more memory.',
    );
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

function copyRow(values: Float32Array, data: Uint8Array, type: ElementType, offset: number): void {
  const view = viewOf(data);
  if (type === ELEMENT_TYPES.float32) {
    const bytes = data.subarray(offset * type.bytes, (offset + values.length) * type.bytes);
    new Uint8Array(values.buffer).set(bytes);
    return;
  }
  for (let index = 0; index < values.length; index++) {
    values[index] = type.read(view, (offset + index) * type.bytes);
  }
}

/** Counts through the indices like an odometer, the last axis fastest. */
function copyStrided(
  values: Float32Array,
  data: Uint8Array,
  type: ElementType,
  tensor: TensorRef,
): void {
  const { shape, strides, offset } = tensor;
  const view = viewOf(data);
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let to = 0; to < values.length; to++) {
    values[to] = type.read(view, from * type.bytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      from += stride;
      if (next < size) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      from -= size * stride;
    }
  }
}

function outOfBounds(name: string, found: string): Error {
  return pytorchError(
    'PYTORCH_TENSOR_BOUNDS',
    `the tensor ${quoted(name)} ${found}`,
    `The file is damaged. ${SAVE_STATE_DICT}`,
    { tensor: name.slice(0, 200) },
  );
}
