/** Reads what a TensorProto says about itself, and refuses data that lies in another file. */
import { UserError } from '../../../errors';
import { quoted } from '../checkpoint-invalid';
import { ELEMENT_BYTES, TENSOR } from './onnx-schema';
import { eachField, type FieldBudget, MalformedProtobuf } from './protobuf-fields';

const MAX_RANK = 16;
const MAX_ELEMENTS = 2 ** 31;

export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  dataType: number;
  elementCount: number;
}

/**
 * @throws UserError CHECKPOINT_EXTERNAL_DATA: the runtime would open whatever path the file names;
 *   MalformedProtobuf where sizes are impossible or disagree with the bytes
 */
export function readTensor(message: Uint8Array, budget: FieldBudget): OnnxTensor {
  const dims: number[] = [];
  let name = '';
  let dataType = 0;
  let rawBytes: number | undefined;
  const found = { external: false };
  eachField(message, budget, (field) => {
    if (field.number === TENSOR.dims) field.ints(budget).forEach((size) => dims.push(size));
    else if (field.number === TENSOR.dataType) dataType = field.int();
    else if (field.number === TENSOR.name) name = field.string();
    else if (field.number === TENSOR.rawData) rawBytes = field.bytes().byteLength;
    // Any trace of it: where a field occurs twice, readers may differ on which one counts.
    else if (field.number === TENSOR.externalData) found.external = true;
    else if (field.number === TENSOR.dataLocation && field.int() !== 0) found.external = true;
    if (dims.length > MAX_RANK) throw new MalformedProtobuf('a tensor has too many dimensions');
  });
  if (found.external) throw externalData(name);
  const elementCount = countElements(name, dims);
  const elementBytes = ELEMENT_BYTES[dataType];
  if (rawBytes !== undefined && elementBytes !== undefined) {
    if (rawBytes !== elementCount * elementBytes) {
      throw new MalformedProtobuf(
        `the tensor ${quoted(name)} of shape [${dims.join(', ')}] has ${rawBytes} bytes, ` +
          `not ${elementCount * elementBytes}`,
      );
    }
  }
  return { name, dims, dataType, elementCount };
}

function countElements(name: string, dims: readonly number[]): number {
  const elementCount = dims.reduce((product, size) => product * size, 1);
  if (dims.some((size) => size < 0) || elementCount > MAX_ELEMENTS) {
    throw new MalformedProtobuf(
      `the tensor ${quoted(name)} has the impossible shape [${dims.join(', ')}]`,
    );
  }
  return elementCount;
}

function externalData(name: string): UserError {
  return new UserError(
    'CHECKPOINT_EXTERNAL_DATA',
    `The ONNX file keeps the tensor ${quoted(name)} in another file. Save the model with all weights ` +
      'inside (onnx.save_model with save_as_external_data=False).',
    { details: { tensor: name.slice(0, 200) } },
  );
}
