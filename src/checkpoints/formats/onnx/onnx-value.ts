/** Reads a ValueInfoProto: the name, element type and shape of a graph's input or output. */
import { DIMENSION, SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './onnx-schema';
import { eachField, type FieldBudget } from './protobuf-fields';

/** A fixed size, or undefined where it is free (named or not). */
export type OnnxDimension = number | undefined;

export interface OnnxValue {
  name: string;
  /** As in DATA_TYPE; 0 where it is no tensor. */
  elementType: number;
  /** Undefined where the file gives no shape. */
  dims: readonly OnnxDimension[] | undefined;
  /** The axes that the file itself denotes as channels. */
  channelAxes: readonly number[];
}

/** Source: docs/DimensionDenotation.md of the ONNX project. */
export const CHANNELS_DENOTATION = 'DATA_CHANNEL';

export function readValue(message: Uint8Array, budget: FieldBudget): OnnxValue {
  const value: OnnxValue = { name: '', elementType: 0, dims: undefined, channelAxes: [] };
  eachField(message, budget, (field) => {
    if (field.number === VALUE_INFO.name) value.name = field.string();
    else if (field.number === VALUE_INFO.type) readType(field.bytes(), value, budget);
  });
  return value;
}

function readType(message: Uint8Array, value: OnnxValue, budget: FieldBudget): void {
  eachField(message, budget, (field) => {
    if (field.number !== TYPE.tensorType) return;
    eachField(field.bytes(), budget, (inner) => {
      if (inner.number === TENSOR_TYPE.elemType) value.elementType = inner.int();
      else if (inner.number === TENSOR_TYPE.shape) {
        Object.assign(value, readShape(inner.bytes(), budget));
      }
    });
  });
}

function readShape(
  message: Uint8Array,
  budget: FieldBudget,
): Pick<OnnxValue, 'dims' | 'channelAxes'> {
  const dims: OnnxDimension[] = [];
  const channelAxes: number[] = [];
  eachField(message, budget, (field) => {
    if (field.number !== SHAPE.dim) return;
    const { size, isChannels } = readDimension(field.bytes(), budget);
    if (isChannels) channelAxes.push(dims.length);
    dims.push(size);
  });
  return { dims, channelAxes };
}

/** Exporters write −1 or 0 for a free size at times. */
function readDimension(
  message: Uint8Array,
  budget: FieldBudget,
): { size: OnnxDimension; isChannels: boolean } {
  let size: OnnxDimension;
  let isChannels = false;
  eachField(message, budget, (field) => {
    if (field.number === DIMENSION.value) size = field.int();
    else if (field.number === DIMENSION.param) size = undefined;
    else if (field.number === DIMENSION.denotation) {
      isChannels = field.string() === CHANNELS_DENOTATION;
    }
  });
  return { size: size !== undefined && size > 0 ? size : undefined, isChannels };
}
