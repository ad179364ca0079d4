/** Writes a state dict as torch.save does, so that torch.load(path, weights_only=True) reads it. */
import type { NamedTensor, StateDict } from '../state-dict';
import { PickleWriter } from './pickle-writer';
import { storedTensor } from './stored-tensor';
import { storedZip, type ZipEntry } from './stored-zip';

const FOLDER = 'archive';
/** Of the archive's layout. Source: PyTorch, caffe2/serialize/versions.h, kProducedFileFormatVersion. */
const FORMAT_VERSION = '3\n';
const STORAGES = { float32: 'FloatStorage', int64: 'LongStorage' } as const;

/**
 * Floating-point tensors are written as float32, the precision that a state dict has in memory.
 *
 * @returns the whole file: an OrderedDict of contiguous tensors, each with a storage of its own
 * @throws UserError CONVERT_TOO_LARGE beyond 4 GiB
 */
export function writePytorch(stateDict: StateDict): Uint8Array<ArrayBuffer> {
  const pickle = new PickleWriter();
  const storages: ZipEntry[] = [];
  emptyDict(pickle).op('mark');
  for (const [name, tensor] of stateDict) {
    const { dtype, bytes } = storedTensor(tensor);
    const key = String(storages.length);
    storages.push({ name: `${FOLDER}/data/${key}`, data: bytes });
    pickle.text(name);
    writeTensor(pickle, tensor, STORAGES[dtype], key);
  }
  return storedZip([
    { name: `${FOLDER}/data.pkl`, data: pickle.op('setItems').end() },
    { name: `${FOLDER}/byteorder`, data: Buffer.from('little') },
    ...storages,
    { name: `${FOLDER}/version`, data: Buffer.from(FORMAT_VERSION) },
  ]);
}

/** The call of torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks). */
function writeTensor(
  pickle: PickleWriter,
  { shape, values }: NamedTensor,
  storageClass: string,
  key: string,
): void {
  pickle.global('torch._utils', '_rebuild_tensor_v2').op('mark');
  pickle.op('mark').word('storage').global('torch', storageClass).text(key).word('cpu');
  pickle.count(values.length).op('tuple').op('binPersId');
  pickle.count(0).counts(shape).counts(contiguousStrides(shape)).op('newFalse');
  emptyDict(pickle).op('tuple').op('reduce');
}

function emptyDict(pickle: PickleWriter): PickleWriter {
  return pickle.global('collections', 'OrderedDict').op('emptyTuple').op('reduce');
}

/** As torch.empty(shape).stride(): a size of 0 counts as 1. */
function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * Math.max(shape[axis + 1] ?? 1, 1);
  }
  return strides;
}
