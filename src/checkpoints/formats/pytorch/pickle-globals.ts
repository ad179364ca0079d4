/**
 * The names that a pickle may use, and what they do here. It is an allow-list: a name that is not in the table
 * is refused, whatever it is, and no name reaches any code but the functions of this file.
 */
import { quoted } from '../checkpoint-invalid';
import { pickleInvalid } from './pickle-cursor';
import {
  type GlobalMeaning,
  PickleDict,
  PickleGlobal,
  PickleTuple,
  type PickleValue,
  type StorageDtype,
  StorageRef,
  TensorRef,
} from './pickle-values';
import { pytorchError, SAVE_STATE_DICT } from './pytorch-error';

const storage = (dtype: StorageDtype): GlobalMeaning => ({ does: 'storage', dtype });

const ALLOWED: ReadonlyMap<string, GlobalMeaning> = new Map([
  ['collections OrderedDict', { does: 'ordered-dict' }],
  ['torch._utils _rebuild_tensor_v2', { does: 'rebuild-tensor' }],
  ['torch._utils _rebuild_parameter', { does: 'rebuild-parameter' }],
  ['torch DoubleStorage', storage('float64')],
  ['torch FloatStorage', storage('float32')],
  ['torch HalfStorage', storage('float16')],
  ['torch BFloat16Storage', storage('bfloat16')],
  ['torch LongStorage', storage('int64')],
  // Read only as far as to tell which dtype is refused, or to pass over what lies beside the weights.
  ['torch IntStorage', storage('int32')],
  ['torch ShortStorage', storage('int16')],
  ['torch CharStorage', storage('int8')],
  ['torch ByteStorage', storage('uint8')],
  ['torch BoolStorage', storage('bool')],
  ['torch ComplexFloatStorage', storage('complex64')],
  ['torch ComplexDoubleStorage', storage('complex128')],
]);

const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  [...ALLOWED].map(([name, meaning]) => [name, new PickleGlobal(name, meaning)]),
);

/** @throws UserError PYTORCH_WHOLE_MODEL for PyTorch's own layers, PYTORCH_PICKLE_FORBIDDEN for all else */
export function allowedGlobal(module: string, name: string): PickleGlobal {
  // No module's name has a space: with one, two different pairs could make the same key.
  const found = module.includes(' ') ? undefined : GLOBALS.get(`${module} ${name}`);
  if (found !== undefined) return found;
  const global = `${module}.${name}`;
  const details = { global: global.slice(0, 200) };
  if (module === 'torch.nn' || module.startsWith('torch.nn.')) {
    throw pytorchError(
      'PYTORCH_WHOLE_MODEL',
      `it holds a whole model (${quoted(global)}), which only running its code could load`,
      SAVE_STATE_DICT,
      details,
    );
  }
  throw pytorchError(
    'PYTORCH_PICKLE_FORBIDDEN',
    `its pickle asks for ${quoted(global)}, which weights do not need; nothing was run`,
    `If it holds a whole model or a training state: ${SAVE_STATE_DICT}`,
    details,
  );
}

/** @throws UserError PYTORCH_PICKLE_INVALID, PYTORCH_TENSOR_BOUNDS */
export function callGlobal(callee: PickleValue, args: PickleValue): PickleValue {
  if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple)) {
    throw pickleInvalid('it calls what can not be called');
  }
  switch (callee.meaning.does) {
    case 'ordered-dict':
      if (args.items.length > 0) throw pickleInvalid('an OrderedDict is made with arguments');
      return new PickleDict(true);
    case 'rebuild-tensor':
      return rebuildTensor(args.items);
    case 'rebuild-parameter': {
      const [tensor, requiresGrad, hooks] = args.items;
      const valid = typeof requiresGrad === 'boolean' && hooks instanceof PickleDict;
      if (args.items.length !== 3 || !valid || !(tensor instanceof TensorRef)) {
        throw pickleInvalid('a parameter is made of something else than a tensor');
      }
      return tensor;
    }
    case 'storage':
      throw pickleInvalid('a storage is made without its data');
  }
}

/** As torch.save's persistent ids: ('storage', its class, its key, the device, its count of elements). */
export function storageOf(id: PickleValue): StorageRef {
  const [kind, type, key, device, elements] = id instanceof PickleTuple ? id.items : [];
  const dtype =
    type instanceof PickleGlobal && type.meaning.does === 'storage'
      ? type.meaning.dtype
      : undefined;
  const valid = id instanceof PickleTuple && id.items.length === 5 && kind === 'storage';
  if (!valid || dtype === undefined || typeof key !== 'string' || typeof device !== 'string') {
    throw pickleInvalid('it refers to something else than a storage of this file');
  }
  if (!/^\d{1,10}$/.test(key)) throw pickleInvalid(`the storage ${quoted(key)} has no number`);
  return new StorageRef(dtype, key, count(elements));
}

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata=None) */
function rebuildTensor(args: readonly PickleValue[]): TensorRef {
  const [storageRef, offset, size, stride, requiresGrad, hooks, metadata] = args;
  const valid =
    (args.length === 6 || args.length === 7) &&
    typeof requiresGrad === 'boolean' &&
    hooks instanceof PickleDict;
  if (!valid || !(storageRef instanceof StorageRef)) {
    throw pickleInvalid('a tensor is made of something else than a storage');
  }
  // Metadata say that the values are to be negated or conjugated when they are read.
  const plain =
    metadata instanceof PickleDict ? metadata.entries.size === 0 : (metadata ?? null) === null;
  if (!plain) {
    throw pytorchError(
      'PYTORCH_DTYPE',
      'it holds a tensor that is a negated or conjugated view of another',
      'Resolve it with tensor.resolve_neg() or resolve_conj() and save the file again.',
    );
  }
  const shape = counts(size);
  const strides = counts(stride);
  if (shape.length !== strides.length) throw badTensor('a tensor has not as many strides as sizes');
  return new TensorRef(storageRef, count(offset), shape, strides);
}

function counts(value: PickleValue | undefined): readonly number[] {
  if (!(value instanceof PickleTuple)) throw pickleInvalid('a shape or stride is not a tuple');
  if (value.items.length > 64) throw badTensor('a tensor has more than 64 dimensions');
  return value.items.map(count);
}

function count(value: PickleValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badTensor(
    'a tensor has a size, stride or offset that is negative, too large or not an integer',
  );
}

function badTensor(found: string): Error {
  return pytorchError(
    'PYTORCH_TENSOR_BOUNDS',
    found,
    'The file is damaged: save it again with torch.save(model.state_dict(), path).',
  );
}
